// The list of rings that the analyst works through. It outlives the page, so that j and k on a ring's page step through it
// and going back finds the same place.
import {Paged} from './paged.svelte';
import type {Facets, RingLine} from './types';

/** The address's parameters that narrow or order the list; the server's names. */
export const FILTERS = ['tier', 'verdict', 'change', 'kind', 'campaign', 'min_size', 'max_size', 'changed_since', 'q', 'sort', 'order'] as const;
export type Filter = Partial<Record<(typeof FILTERS)[number], string>>;

class RingList extends Paged<RingLine> {
  facets = $state.raw<Facets>({});
  /** id of the ring that the cursor is on */
  at = $state<string | null>(null);
  #key = '';

  /** Reads the list; the same filter again replaces it only when all that was shown is there. */
  load(filter: Filter): void {
    const key = JSON.stringify(filter);
    const shown = key === this.#key ? this.items.length : 0;
    this.#key = key;
    this.read('/rings', {...filter, facets: 1}, shown, (page) => {
      const facets = (page as unknown as {facets?: Facets}).facets;
      if (facets) this.facets = facets;
    });
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
