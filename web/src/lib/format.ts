// How numbers, times and words read on every page. Times are UTC, as in the log.
import type {Tier, Verdict} from './types';

const whole = new Intl.NumberFormat('en');

export const count = (n: number): string => whole.format(n);
/** "1 account", "12 accounts" */
export const many = (n: number, one: string, more = `${one}s`): string => `${count(n)} ${n === 1 ? one : more}`;
/** "2 of its 14 accounts were cleared by a person, so it counts less" */
export const clearedWords = (cleared: number, accounts: number): string =>
  `${count(cleared)} of its ${many(accounts, 'account')} ${cleared === 1 ? 'was' : 'were'} cleared by a person, so it counts less`;
export const score = (x: number): string => (x > 0.9995 && x < 1 ? '>.999' : x.toFixed(3).replace(/^0/, ''));
/** "33%"; "<1%" rather than a wrong 0 */
export const percent = (x: number): string => (x > 0 && x < 0.005 ? '<1%' : `${Math.round(x * 100)}%`);
export const signed = (x: number): string => `${x < 0 ? '−' : '+'}${Math.abs(x).toFixed(1)}`;

/** 2026-01-30 of epoch seconds; a dash when unknown */
export const day = (seconds: number | null | undefined): string =>
  seconds == null ? '–' : new Date(seconds * 1000).toISOString().slice(0, 10);
export const dayOfNumber = (days: number | null | undefined): string => day(days == null ? null : days * 86400);
/** 2026-01-30 14:05 UTC */
export const moment = (seconds: number | null | undefined): string =>
  seconds == null ? '–' : `${new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** "3 minutes ago", of two epoch seconds */
export function ago(then: number, now: number): string {
  const seconds = Math.max(0, now - then);
  const steps: [number, string][] = [
    [86400, 'day'],
    [3600, 'hour'],
    [60, 'minute'],
  ];
  for (const [size, name] of steps) if (seconds >= size) return `${many(Math.floor(seconds / size), name)} ago`;
  return 'just now';
}

/** "2 h", "3 d" of seconds */
export function span(seconds: number): string {
  if (seconds >= 172800) return `${Math.round(seconds / 86400)} d`;
  if (seconds >= 7200) return `${Math.round(seconds / 3600)} h`;
  if (seconds >= 120) return `${Math.round(seconds / 60)} min`;
  return `${seconds} s`;
}

export const TIERS: Tier[] = ['ban', 'review', 'watch'];
export const TIER_MEANING: Record<Tier, string> = {
  ban: 'a pipeline may act',
  review: 'a person should look',
  watch: 'structure without misuse',
};

export const WORDS = {
  confirm: {label: 'Confirm', past: 'confirmed', key: 'c', meaning: 'One operator runs these accounts. Goes to ban, score 1.'},
  reject: {label: 'Reject', past: 'rejected', key: 'x', meaning: 'Not part of a ring. Goes to watch, score 0.'},
  benign: {label: 'Benign', past: 'benign', key: 'b', meaning: 'Honest, and so are the things they share: those bind nobody from now on.'},
  'needs-more': {label: 'Needs more', past: 'needs more', key: 'n', meaning: 'Not decided. At review at most until somebody decides.'},
  note: {label: 'Note', past: 'noted', key: 'm', meaning: 'Changes nothing. Kept with the case.'},
} as const;

export const STATES: Record<Verdict['state'], string> = {stands: 'stands', waits: 'waits for a second person', undone: 'taken back', replaced: 'replaced by a later one'};

/** "+2.5 52 requests …" → how much a finding weighs in nats, and its sentence; a reason without a number weighs nothing. */
export function finding(reason: string): {nats: number | null; text: string} {
  const match = /^([+-]\d+(?:\.\d+)?) (.*)$/s.exec(reason);
  return match ? {nats: Number(match[1]), text: match[2] ?? ''} : {nats: null, text: reason};
}

/** What an event of a ring did, in words: "grown: 4 came, 1 went" */
export function happened(event: {type: string; came: unknown; went: unknown; regraded: unknown}): string {
  const size = (x: unknown): number => (Array.isArray(x) ? x.length : typeof x === 'number' ? x : 0);
  const parts: string[] = [];
  if (size(event.came) && event.type !== 'born') parts.push(`${count(size(event.came))} came`);
  if (size(event.went) && event.type !== 'retired') parts.push(`${count(size(event.went))} went`);
  if (size(event.regraded)) parts.push(`${count(size(event.regraded))} in another tier`);
  return parts.length ? `${event.type}: ${parts.join(', ')}` : event.type;
}
