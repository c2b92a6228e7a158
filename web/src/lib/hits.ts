// Where a thing that was found leads to.
import {account, link, ring} from './router.svelte';
import type {Hit} from './answers';

export function hitLink(hit: Hit): string {
  if (hit.type === 'ring') return ring(hit.value);
  if (hit.type === 'account') return account(hit.value);
  if (hit.type === 'campaign') return link(['rings'], {campaign: hit.value});
  return link(['found'], {q: `${hit.kind}:${hit.value}`});
}
