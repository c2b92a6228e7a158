// Which run this browser's user saw last, so that the list can say what changed since.
import {recall, remember} from './memory';

interface Visit {
  /** the run that "since your last visit" counts from */
  base: number;
  /** the latest run that was shown */
  seen: number;
  /** epoch seconds: when something was last shown */
  at: number;
  /** epoch seconds: when the visit before ended */
  before: number;
}

const pause = 30 * 60;  // seconds without a page after which it is another visit

/** Notes that `run` is on the screen now; the visit before, or null on the first one. */
export function visit(run: number, now: number): Visit | null {
  const last = recall<Visit>('visit');
  // A store that was made anew counts its runs from 1 again.
  if (!last || last.seen > run) {
    remember('visit', {base: run, seen: run, at: now, before: now});
    return null;
  }
  const another = now - last.at > pause;
  const visit: Visit = {
    base: another ? last.seen : last.base,
    seen: run,
    at: now,
    before: another ? last.at : last.before,
  };
  remember('visit', visit);
  return visit;
}
