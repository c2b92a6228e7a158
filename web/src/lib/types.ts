// The documents of /api/v1 as the pages read them. They are those of the command line's --json (docs/schema).
import type {Structure, Waterfall} from './answers';

export type Tier = 'ban' | 'review' | 'watch';
export type Word = 'confirm' | 'reject' | 'benign' | 'needs-more';
export type Decision = Word | 'note';

/** A page of a list. `next` is the cursor of the page after, null at the end. */
export interface Page<T> {
  run: number;
  items: T[];
  total: number;
  next: string | null;
}

export type FacetName = 'tier' | 'campaign' | 'kind' | 'change' | 'verdict';
/** rings by value; 'none' (campaign, verdict) and 'unchanged' are values as well */
export type Facets = Partial<Record<FacetName, Record<string, number>>>;

export interface Session {
  name: string;
  role: string;
  csrf: string;
  masked: boolean;
  permissions: string[];
}

export interface StoreState {
  /** number of the latest run; 0: none yet */
  run: number;
  runs: number;
  rings: number;
  accounts: number;
  entities: number;
  verdicts: number;
  /** numbers of the last event of the feed, and of the first that is served */
  events: number;
  first_event: number;
  two_persons_above: number;
  /** kinds of which values stand as tokens and may be opened */
  sealed: string[];
  read_only: boolean;
  /** whether a process writes to the store, and which command it runs; empty: not known */
  writing: boolean;
  activity: string;
}

/** What a value of a sealed kind is; null: its key is destroyed. */
export interface Revealed {
  kind: string;
  value: string;
  text: string | null;
  last_seen: string | null;
}

/** What a process that writes to the store is doing. */
export interface Writing {
  writing: boolean;
  activity: string;
}

export interface Run {
  run: number;
  digest: string;
  rings: number;
  accounts: number;
  population_accounts: number;
  population_entities: number;
  edges: number;
  links: number;
  window: {first_day: number | null; last_day: number | null};
  created: number | null;
  seconds: number;
  mode: 'full' | 'incremental';
  reason: string;
}

export interface RingLine {
  ring: string;
  run: number;
  version?: number;
  tier: Tier;
  score: number;
  size: number;
  campaign: string;
  confidence: number;
  kinds: string[];
  requests: number;
  evidence_count: number;
  first_seen: number | null;
  last_seen: number | null;
  summary: string;
  verdict: Word | null;
  change?: string | null;
}

export interface Standing {
  number: number;
  word: Word;
  by: string;
  reason: string;
  given: number;
}

/** A verdict, note or undoing in the history of a ring or an account. */
export interface DecisionOn {
  number: number;
  /** the verdict that it takes back */
  undoes: number | null;
  word: Decision;
  /** a ring's id or an account */
  on: string;
  by: string;
  reason: string;
  given: number | null;
  accounts: number;
  state: Verdict['state'];
}

export interface EngineView {
  tier: Tier;
  score: number;
}

export interface Evidence {
  kind: string;
  value: string;
  accounts: number;
  population: number;
  bits: number;
  first: number | null;
  last: number | null;
  crowd: {class: string; probability: number} | null;
  /** of the population, whom people cleared; left out: none */
  cleared?: number;
}

export interface Common {
  kind: string;
  value: string;
  accounts: number;
  population: number;
}

export interface Behaviour {
  requests: number;
  tokens: number;
  tokens_out: number;
  capabilities: Record<string, number>;
  template_repetition: number;
  synchrony: number;
  active_hours: number;
  weekend_share: number;
  active_days: number;
  traffic_ratio: number;
  turns_z: number;
}

export interface Extraction {
  probability: number;
  targets: string[];
  features: {name: string; value: number; nats: number; reason: string}[];
}

export interface Replaces {
  account: string;
  ring: string | null;
  banned: number;
  lag: number;
  probability: number;
}

export interface Member {
  account: string;
  membership: number;
  score: number;
  tier: Tier;
  reasons: string[];
  campaign: string;
  likeness: number;
  extraction: number | null;
  replaces: Replaces | null;
  verdict: Standing | null;
  engine: EngineView | null;
  /** it is in the ring for what it shares with confirmed members alone */
  seeded?: true;
}

/** Bans of a ring's members that crowd in time. */
export interface Wave {
  first: number;
  last: number;
  accounts: number;
  lost_daily: number;
}

/** A wave whose load the ring took over. */
export interface Handover {
  ring: string;
  wave: Wave;
  accounts: number;
  lag: number;
  gained_daily: number;
  probability: number;
  reasons: string[];
}

export interface Ring {
  ring: string;
  version: number;
  run: number;
  tier: Tier;
  score: number;
  size: number;
  campaign: string;
  confidence: number;
  summary: string;
  verdict: Standing | null;
  engine: EngineView | null;
  carried: boolean;
  evidence: Evidence[];
  evidence_count: number;
  common: Common[];
  kinds: string[];
  behaviour: Behaviour;
  extraction: Extraction | null;
  benign: {class: string; probability: number; reason?: string}[];
  first_seen: number | null;
  last_seen: number | null;
  parents: string[];
  reasons: string[];
  campaigns: {campaign: string; confidence: number}[];
  ban_waves: Wave[];
  succeeds: Handover[];
  waterfall?: Waterfall;
  /** null: the ring is larger than was to be mapped */
  structure?: Structure | null;
  /** on the ring, in order of time */
  decisions?: DecisionOn[];
}

export interface RingEvent {
  schema: string;
  seq: number;
  event_id: string;
  type: string;
  ring: string;
  version: number;
  run: number;
  day: string | null;
  tier_before: Tier | null;
  tier: Tier | null;
  size: number;
  came: {account: string; from: string | null}[];
  went: {account: string; to: string | null}[];
  regraded: {account: string; tier_before: Tier; tier: Tier}[];
  parents: string[];
  children: string[];
}

/** A ring that changed after a run. */
export interface RingChange {
  ring: string;
  live: boolean;
  events: {type: string; run: number}[];
}

export interface Touched {
  kind: string;
  value: string;
  count: number;
  days: number;
  first: number | null;
  last: number | null;
  accounts: number;
  bits: number;
  verdict: string | null;
  /** of the accounts, whom people cleared; left out: none */
  cleared?: number;
}

export interface WhyNot {
  cause: string;
  value: number;
  needed: number | null;
  unit: string;
  meaning: string;
  details: string[];
}

export interface Account {
  account: string;
  run: number | null;
  facts: {created: number | null; plan: string | null; status: string | null};
  activity: {
    requests: number;
    tokens: number;
    tokens_out: number;
    templated: number;
    active_days: number;
    first_day: number | null;
    last_day: number | null;
    hours: number[];
    capabilities: Record<string, number>;
    models: Record<string, number>;
  };
  extraction: Extraction | null;
  ring: {
    ring: string;
    ring_tier: Tier;
    ring_size: number;
    tier: Tier;
    score: number;
    membership: number;
    reasons: string[];
    campaign: string;
    replaces: Replaces | null;
    verdict: Standing | null;
    engine: EngineView | null;
    /** it is in the ring for what it shares with confirmed members alone */
    seeded?: true;
  } | null;
  why_not: (WhyNot & {partner: string | null; partner_bits: number}) | null;
  expelled_without: {
    by: string;
    without: {kind: string; value: string; accounts: number; members: number}[];
    meaning: string;
  } | null;
  entities: Touched[];
  /** on it or on a ring that it was in, in order of time */
  decisions: DecisionOn[];
}

export interface Verdict {
  number: number;
  undoes: number;
  word: Decision;
  target: string;
  ring: string;
  persons: number;
  accounts: string[];
  things: {kind: string; value: string}[];
  by: string;
  reason: string;
  given: number;
  run: number;
  state: 'stands' | 'waits' | 'undone' | 'replaced';
}

/** Accounts that would be banned, by something that is known of them. */
export interface ReleaseShare {
  name: string;
  accounts: number;
  share: number;
}

/** What a release would tell machines. */
export interface ReleasePlan {
  run: number;
  digest: string;
  mode: 'live' | 'shadow';
  rollout: number;
  active: number;
  banned: number;
  bans: number;
  share: number;
  unbans: number;
  blocked: number;
  held_back: number;
  by_ring: ReleaseShare[];
  by_plan: ReleaseShare[];
  by_age: ReleaseShare[];
  by_system: ReleaseShare[];
  by_country?: ReleaseShare[];
  by_honest_probability: ReleaseShare[];
  refusals: {guard: string; message: string; may_override: boolean}[];
  first_blocked: {account: string; ring: string; entry: number; why: string}[];
}

/** Who has said what of a release. */
export interface ReleaseState {
  persons: number;
  proposal_hours: number;
  proposal: {by: string; at: number | null; plan: string; overridden: string[]} | null;
  halt: {by: string; at: number | null; reason: string} | null;
}

export interface Flow {
  ring: string;
  relation: 'split' | 'merged' | 'part';
  other: string;
  run: number;
  accounts: number;
}
