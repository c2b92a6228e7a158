// A value that comes from the server: what is there stays on the page until what replaces it has come.
import {sentence} from './desk.svelte';

export class Loaded<T> {
  value = $state.raw<T | null>(null);
  error = $state<string | null>(null);
  busy = $state(false);
  #key: string | null = null;
  #abort: AbortController | null = null;
  #next: (() => void) | null = null;

  /** Fetches; with another key than before the old value goes at once, with the same it stays until the new one is there. */
  load(key: string, fetcher: (signal: AbortSignal) => Promise<T>): void {
    if (this.#key !== key) {
      this.value = null;
      this.error = null;
      this.#next = null;
    }
    this.#key = key;
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    this.busy = true;
    fetcher(abort.signal).then(
      (value) => {
        if (abort.signal.aborted) return;
        this.value = value;
        this.error = null;
        this.#settle();
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        this.error = sentence(error);
        this.#settle();
      },
    );
  }

  /** The same of what costs the server much: never two at a time. What is asked for meanwhile is fetched once, afterwards. */
  loadInTurn(key: string, fetcher: (signal: AbortSignal) => Promise<T>): void {
    if (this.busy && this.#key === key) this.#next = () => this.load(key, fetcher);
    else this.load(key, fetcher);
  }

  #settle(): void {
    this.busy = false;
    const next = this.#next;
    this.#next = null;
    next?.();
  }
}
