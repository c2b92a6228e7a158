// What the server answers to a question about a ring, two rings, two accounts or a text: pictures, comparisons, links, hits.
import type {Behaviour, Common, Tier, WhyNot} from './types';

export interface Timeline {
  days: number[];
  requests: number[];
  active: number[];
  members: number[];
}

export interface PictureNode {
  id: string;
  type: 'account' | 'thing' | 'group';
  /** account, value, or of a group its size and what it shares */
  label: string;
  /** the part that it is in; empty: the ring itself */
  group: string;
  /** of a group, or that have a thing */
  members: number;
  x: number;
  y: number;
  /** radius, in the unit of x and y */
  size: number;
  kind?: string;
  tier?: Tier;
  can_open?: boolean;
}
export interface Picture {
  ring: string;
  run: number;
  members: number;
  things: number;
  collapsed: boolean;
  open: string[];
  refused: string[];
  things_left_out: number;
  nodes: PictureNode[];
  /** from, to: ids of nodes; members: that the edge stands for */
  edges: {from: string; to: string; members: number; bits: number}[];
}

export interface Waterfall {
  exact: boolean;
  steps: {name: string; title: string; said: string | null; value: number; nats: number; score: number}[];
}

export interface Structure {
  things: number;
  parts: {id: string; members: number; accounts: string[]; things: string[]}[];
  bridges: {kind: string; value: string; parts: {id: string; members: number}[]; joined: number; cut: boolean}[];
}

export interface RingBrief {
  ring: string;
  tier: Tier;
  score: number;
  size: number;
  looked_at: number;
  campaign: string;
  kinds: string[];
  summary: string;
  first_seen: number | null;
  last_seen: number | null;
  behaviour: Behaviour;
  /** share of the requests by hour of the day, UTC */
  hours: number[];
}

export interface Comparison {
  run: number;
  a: RingBrief;
  b: RingBrief;
  answer: 'yes' | 'maybe' | 'no_sign';
  reasons: string[];
  moved: {count: number; accounts: string[]};
  things_count: number;
  things: {kind: string; value: string; members_a: number; members_b: number; accounts: number; bits: number}[];
  traits: Common[];
  links: {count: number; members_a: number; members_b: number; strongest: number};
  campaigns: string[];
  successions: string[];
  alike: {hours: number | null; capabilities: number | null; prompts: number | null};
}

/** Of a chain of links: what two neighbours share. */
export interface Step {
  from: string;
  to: string;
  bits: number;
  kind: string | null;
  value: string | null;
}

export interface Why {
  a: string;
  b: string;
  run: number | null;
  same_ring: boolean;
  ring_a: string | null;
  ring_b: string | null;
  bits: number;
  link_bits: number;
  meaning: string;
  why_not: WhyNot | null;
  path_end: string;
  shared: {
    kind: string;
    value: string;
    population: number;
    bits: number;
    verdict: string | null;
    first_a: number | null;
    last_a: number | null;
    first_b: number | null;
    last_b: number | null;
  }[];
  together: {window: number; things: number}[];
  path: Step[];
  /** further chains, each through other accounts */
  alternatives: Step[][];
  /** what would break the link; null: they are not linked */
  breaks: {without: {kind: string; value: string; bits: number; vouches: boolean}[]; before: number; after: number; needed: number | null; smallest: boolean; meaning: string} | null;
}

export interface Hit {
  type: 'ring' | 'campaign' | 'account' | 'thing';
  /** of a thing: ip, payment, … */
  kind: string;
  /** the id or value */
  value: string;
  exact: boolean;
  accounts: number;
  bits: number;
  verdict: string | null;
  rings: {ring: string; tier: Tier; size: number; members: number}[];
}

export interface Found {
  query: string;
  run: number;
  hits: Hit[];
  more: boolean;
}
