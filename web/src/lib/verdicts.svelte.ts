// The log of verdicts, the latest first.
import {Paged} from './paged.svelte';
import type {Verdict} from './types';

export class VerdictLog extends Paged<Verdict> {
  load(): void {
    this.read('/verdicts', {}, this.items.length);
  }
}
