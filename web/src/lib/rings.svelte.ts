// The list of rings that the analyst works through. It outlives the page, so that j and k on a ring's page step through it
// and going back finds the same place.
import {pages} from './api';
import {sentence} from './desk.svelte';
import type {Facets, RingLine} from './types';

/** The address's parameters that narrow or order the list; the server's names. */
export const FILTERS = ['tier', 'verdict', 'change', 'kind', 'campaign', 'min_size', 'max_size', 'changed_since', 'q', 'sort', 'order'] as const;
export type Filter = Partial<Record<(typeof FILTERS)[number], string>>;

class RingList {
  items = $state.raw<RingLine[]>([]);
  total = $state(0);
  facets = $state.raw<Facets>({});
  error = $state<string | null>(null);
  busy = $state(true);
  /** id of the ring that the cursor is on */
  at = $state<string | null>(null);
  #abort: AbortController | null = null;
  #key = '';

  /** Reads the list; the same filter again replaces it only when all that was shown is there. */
  load(filter: Filter): void {
    const key = JSON.stringify(filter);
    const quiet = key === this.#key && this.items.length > 0;
    this.#key = key;
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    const shown = quiet ? this.items.length : 0;
    let items: RingLine[] = [];
    this.busy = true;
    pages<RingLine>(
      '/rings',
      {...filter, facets: 1},
      quiet ? 1000 : 100,
      (page) => {
        items = items.concat(page.items);
        if (items.length >= shown || page.next === null) {
          this.items = items;
          this.total = page.total;
          const facets = (page as unknown as {facets?: Facets}).facets;
          if (facets) this.facets = facets;
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

  index(ring: string): number {
    return this.items.findIndex((line) => line.ring === ring);
  }

  /** The ring before (-1) or after (+1) in the list; null at its ends or where the ring is not in it. */
  beside(ring: string, step: number): string | null {
    const index = this.index(ring);
    return index < 0 ? null : (this.items[index + step]?.ring ?? null);
  }
}

export const rings = new RingList();
