import type { Json } from './json.ts';
import type { TimeMs } from './time.ts';

/** How far a strategy has come, in order; no step is skipped. */
export const STAGES = ['research', 'testnet', 'paper', 'live'] as const;
export type Stage = (typeof STAGES)[number];

/**
 * What speaks for a strategy. `backtest`, `checks`: a run over history and what was checked of it. `walk-forward`: the like, on data that were
 * not chosen on. `testnet-day`, `paper-day`, `live-day`: a day (UTC) of a session. `reconciliation`: accounts read and compared on such a day.
 * `parity`: a session beside its model. `approval`: a person's word.
 */
export const EVIDENCE_KINDS = [
  'backtest',
  'checks',
  'walk-forward',
  'testnet-day',
  'paper-day',
  'live-day',
  'reconciliation',
  'parity',
  'approval',
] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

/** What evidence was won on. `market`: a real venue or data of one. `local`: the exchange that this program serves. */
export const EVIDENCE_SOURCES = ['market', 'local', 'recording', 'synthetic', 'person'] as const;
export type EvidenceSource = (typeof EVIDENCE_SOURCES)[number];

export interface Evidence {
  readonly kind: EvidenceKind;
  /** The same evidence is kept once. */
  readonly key: string;
  /** Hash of what it rests on: events of a run, a record of a journal, a certificate; empty for a word. */
  readonly hash: string;
  readonly source: EvidenceSource;
  /** Run, session, certificate or person. */
  readonly of: string;
  readonly passed: boolean;
  readonly numbers: Readonly<Record<string, number>>;
  /** When that of which it tells began. What began before trust was lost does not count after it. */
  readonly sinceMs: TimeMs;
  /** Day of a session, `2024-01-31`; stage that an approval is for; empty where neither. */
  readonly about: string;
}

/**
 * What takes trust away. `parity-broken`: a session decided otherwise than its model. `reconciliation-difference`: the venue's account is not
 * what the books say. `invariant-broken`: the program or the strategy failed. `kill-switch`: orders were canceled or positions closed by a kill.
 */
export const BREACH_KINDS = ['parity-broken', 'reconciliation-difference', 'invariant-broken', 'kill-switch'] as const;
export type BreachKind = (typeof BREACH_KINDS)[number];

export interface Breach {
  readonly kind: BreachKind;
  /** The same breach is kept once. */
  readonly key: string;
  /** Session in which it happened. */
  readonly of: string;
  readonly detail: string;
}

/** A strategy's code with one set of parameters: what is tested, promoted and demoted. */
export interface CandidateName {
  readonly codeHash: string;
  readonly paramsHash: string;
}

/** What can be said of a strategy. Nothing is ever changed or taken back; later facts outweigh earlier ones. */
export type RegistryFact =
  | {
      readonly type: 'version-seen';
      readonly codeHash: string;
      readonly version: string;
      /** File it came from; null for one that is built in. */
      readonly path: string | null;
      /** Hash of names, kinds and ranges of its parameters. */
      readonly schemaHash: string;
    }
  | ({ readonly type: 'params-seen'; readonly params: Readonly<Record<string, Json>> } & CandidateName)
  | ({ readonly type: 'evidence-recorded'; readonly evidence: Evidence } & CandidateName)
  | ({ readonly type: 'stage-changed'; readonly to: Stage } & CandidateName)
  | ({ readonly type: 'breach-noted'; readonly breach: Breach } & CandidateName)
  /** Retired strategies are not promoted; nothing else follows from it. */
  | { readonly type: 'activity-changed'; readonly active: boolean };

/** A fact with its place in the history of its strategy, who said it and why. */
export interface RegistryEntry {
  readonly strategy: string;
  /** 1, 2, 3 … in each strategy. */
  readonly seq: number;
  readonly atMs: TimeMs;
  readonly actor: string;
  readonly reason: string;
  readonly fact: RegistryFact;
}
