// A ring's members, read page by page: the first are shown at once, 20,000 come in the background.
import {pages, path} from './api';
import {sentence} from './desk.svelte';
import type {Member} from './types';

export class Members {
  items = $state.raw<Member[]>([]);
  total = $state(0);
  busy = $state(true);
  error = $state<string | null>(null);
  #abort: AbortController | null = null;
  #ring = '';

  load(ring: string, sort: string, tier: string): void {
    const quiet = ring === this.#ring ? this.items.length : 0;
    if (ring !== this.#ring) this.items = [];
    this.#ring = ring;
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    let items: Member[] = [];
    this.busy = true;
    pages<Member>(
      `${path('rings', ring)}/members`,
      {sort, tier},
      quiet ? 1000 : 100,
      (page) => {
        items = items.concat(page.items);
        if (items.length >= quiet || page.next === null) {
          this.items = items;
          this.total = page.total;
          this.error = null;
        }
        return true;
      },
      abort.signal,
    ).then(
      () => {
        if (!abort.signal.aborted) this.busy = false;
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        this.error = sentence(error);
        this.busy = false;
      },
    );
  }
}
