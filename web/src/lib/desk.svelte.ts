// What every page knows: who asks, the state of the store, what just happened, and the verdict that is being given.
import {ApiError, get, post, signIn} from './api';
import {WORDS, many} from './format';
import type {Decision, Session, StoreState, Verdict, Writing} from './types';

/** What a verdict is about to be given on. */
export interface Subject {
  /** a ring's id, an account, or KIND:VALUE */
  target: string;
  what: 'ring' | 'account' | 'thing';
  /** for a ring its accounts: above the configured size a second person is needed */
  size?: number;
  /** several accounts at once, each with a verdict of its own */
  accounts?: string[];
  decision: Decision;
}

export interface Notice {
  id: number;
  text: string;
  undo?: number[];
  link?: {to: string; label: string};
}

class Desk {
  session = $state.raw<Session | null>(null);
  store = $state.raw<StoreState | null>(null);
  /** a sentence when nothing can be shown at all */
  failure = $state<string | null>(null);
  /** grows with everything that pages must read again: a run, a verdict */
  stamp = $state(0);
  live = $state<'connecting' | 'on' | 'off'>('connecting');
  writing = $state.raw<Writing>({writing: false, activity: ''});
  notices = $state<Notice[]>([]);
  subject = $state.raw<Subject | null>(null);
  helping = $state(false);
  searching = $state(false);
  #next = 1;
  #refreshing: Promise<void> | null = null;
  #queued: Promise<void> | null = null;

  /** What the session's role allows: decide, approve, export, … */
  may(permission: string): boolean {
    return this.session?.permissions.includes(permission) ?? false;
  }

  get run(): number | null {
    return this.store?.run || null;
  }

  async start(): Promise<void> {
    try {
      this.session = await signIn();
      await this.look();
      this.failure = null;
    } catch (error) {
      this.failure = sentence(error);
    }
  }

  /** The store's counts and latest run again. */
  async look(): Promise<void> {
    this.store = await get<StoreState>('/store');
    this.writing = this.store;
  }

  /** Everything that is shown is read again, in its place. Once at a time: whoever asks meanwhile waits for one more, together. */
  refresh(): Promise<void> {
    if (!this.#refreshing) return this.#refreshNow();
    this.#queued ??= this.#refreshing.then(() => {
      this.#queued = null;
      return this.#refreshNow();
    });
    return this.#queued;
  }

  #refreshNow(): Promise<void> {
    this.#refreshing = this.look()
      .catch(() => undefined)
      .then(() => {
        this.stamp++;
        this.#refreshing = null;
      });
    return this.#refreshing;
  }

  say(text: string, more: Partial<Notice> = {}): void {
    const id = this.#next++;
    this.notices.push({id, text, ...more});
    // Long enough to read and to reach 'Undo'; an important outcome is on the page itself as well.
    setTimeout(() => this.hush(id), 20000);
  }

  hush(id: number): void {
    this.notices = this.notices.filter((notice) => notice.id !== id);
  }

  /** Writes a verdict and tells the pages. Throws an ApiError whose message is for the reader. */
  async decide(subject: Subject, decision: Decision, reason: string): Promise<void> {
    const body = {target: subject.target, on: subject.accounts ? undefined : subject.what, decision, reason, accounts: subject.accounts};
    const {items} = await post<{items: Verdict[]}>('/verdicts', body);
    const about = subject.accounts ? many(subject.accounts.length, 'account') : subject.target;
    const waits = items.some((verdict) => verdict.state === 'waits');
    this.say(waits ? `${about}: waits for a second person who says the same.` : `${about}: ${WORDS[decision].past}.`, {
      undo: items.map((verdict) => verdict.number),
    });
    await this.refresh();
  }

  /** Takes verdicts back in one step: all or none. */
  async undo(numbers: number[], reason: string): Promise<void> {
    await post('/verdicts/undo', {numbers, reason});
    this.say(numbers.length === 1 ? `Verdict ${numbers[0]} is taken back.` : `${many(numbers.length, 'verdict')} are taken back.`);
    await this.refresh();
  }
}

export const desk = new Desk();

export function sentence(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  return error instanceof Error ? error.message : String(error);
}
