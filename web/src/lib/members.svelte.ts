// A ring's members.
import {path} from './api';
import {Paged} from './paged.svelte';
import type {Member} from './types';

export class Members extends Paged<Member> {
  #ring = '';

  load(ring: string, sort: string, tier: string): void {
    if (ring !== this.#ring) this.items = [];
    this.#ring = ring;
    this.read(`${path('rings', ring)}/members`, {sort, tier}, this.items.length);
  }
}
