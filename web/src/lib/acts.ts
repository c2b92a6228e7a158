// What a person with the right to can do to what machines are told: where it is asked, and what to say of it.
import {many} from './format';

export interface Act {
  what: 'release' | 'halt' | 'resume' | 'retract';
  /** release: digest of the plan that was looked at */
  plan?: string;
  /** release: a cap says no, and may be overridden */
  overridable?: boolean;
}

interface Released {
  state: 'released' | 'proposed' | 'shadow' | 'nothing';
  plan: {bans: number; unbans: number};
}
interface Retracted {
  target: string;
  unbanned: number;
  kept: number;
}

const RELEASED: Record<Released['state'], (to: string) => string> = {
  released: (to) => `Released: ${to}.`,
  proposed: (to) => `Proposed: ${to}. A second person must say the same.`,
  shadow: (to) => `Shadow: ${to}. Nothing is told.`,
  nothing: () => 'Nothing to tell: machines know all that is at ban.',
};

export const ACTS: Record<Act['what'], {title: string; path: string; meaning: string; done: (answer: unknown) => string}> = {
  release: {
    title: 'Release',
    path: '/release',
    meaning: 'Machines are told whom to ban and unban, when enough persons have said so.',
    done: (answer) => {
      const {state, plan} = answer as Released;
      return RELEASED[state](`${many(plan.bans, 'account')} to ban, ${many(plan.unbans, 'account')} to unban`);
    },
  },
  halt: {title: 'Halt', path: '/guard/halt', meaning: 'The kill switch: nothing is released, there is no list of bans, consumers ban nobody.', done: () => 'The kill switch is on.'},
  resume: {title: 'Resume', path: '/guard/resume', meaning: 'Turns the kill switch off.', done: () => 'The kill switch is off.'},
  retract: {
    title: 'Take back',
    path: '/retract',
    meaning: 'Takes back at once what machines were told of a ring or an account. It stands whatever the size, and the engine does not ban them again.',
    done: (answer) => {
      const {target, unbanned, kept} = answer as Retracted;
      return `${target} is taken back: ${many(unbanned, 'account')} unbanned${kept ? `, ${many(kept, 'account')} stay banned by a verdict of their own` : ''}.`;
    },
  },
};
