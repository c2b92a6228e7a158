// A list that is read page by page: the first items are shown at once, 20,000 come in the background.
import {pages, type Query} from './api';
import {sentence} from './desk.svelte';
import type {Page} from './types';

export class Paged<T> {
  items = $state.raw<T[]>([]);
  total = $state(0);
  busy = $state(true);
  error = $state<string | null>(null);
  #abort: AbortController | null = null;

  /** Reads the list anew in place of whatever is being read. What is shown stays until `kept` items are there again. */
  protected read(where: string, query: Query, kept: number, seen: (page: Page<T>) => void = () => {}): void {
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    let items: T[] = [];
    this.busy = true;
    pages<T>(
      where,
      query,
      kept ? 1000 : 100,
      (page) => {
        items = items.concat(page.items);
        if (items.length >= kept || page.next === null) {
          this.items = items;
          this.total = page.total;
          this.error = null;
          seen(page);
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
