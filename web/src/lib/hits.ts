// Where a thing that was found leads to.
import {account, link, ring} from './router.svelte';
import type {Hit} from './types';

export function hitLink(hit: Hit): string | null {
  if (hit.type === 'ring') return ring(hit.id);
  if (hit.type === 'account') return account(hit.id);
  if (hit.type === 'thing') return link(['found'], {q: hit.value ?? hit.id});
  return null;
}
