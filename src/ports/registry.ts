import type { Json } from '../core/vocabulary/json.ts';

/** How a run stands. `started` and nothing after it: the process was killed. */
export type RunStatus = 'started' | 'finished' | 'partial' | 'failed';

/** Bars a run was made on. `hash` is that of the bars themselves, wherever they came from. */
export interface RunData {
  readonly instrument: string;
  readonly timeframe: string;
  readonly source: string;
  readonly synthetic: boolean;
  readonly hash: string;
  readonly bars: number;
  readonly from: string;
  readonly to: string;
}

export interface RunStrategy {
  readonly id: string;
  readonly version: string;
  readonly codeHash: string;
  readonly params: Readonly<Record<string, Json>>;
  /** Its own id, where it ran under another. */
  readonly of?: string;
}

/** What a run leaves behind beside its reports. Times are RFC 3339 UTC. */
export interface RunRecord {
  readonly id: string;
  readonly operation: string;
  readonly status: RunStatus;
  readonly createdAt: string;
  readonly version: string;
  readonly strategies: readonly RunStrategy[];
  readonly data: readonly RunData[];
  /** Hash of the recorded values of each source, where there were any. */
  readonly sources?: readonly { readonly name: string; readonly hash: string }[];
  /** The request, from which the run can be made again. */
  readonly config: Readonly<Record<string, Json>>;
  /** Hash of everything in the request that can change a result: two runs with the same one are one try. */
  readonly request: string;
  /** By name; null where a figure has no value. */
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly hashes: Readonly<Record<string, string>>;
  /** Paths of the reports by format. */
  readonly reports: Readonly<Record<string, string>>;
  /** Sharpe ratio per return period, not annualised: what the deflated ratio compares tries by. */
  readonly sharpePerPeriod: number | null;
  /** Code of the failure that ended it. */
  readonly failure: string | null;
}

/** In how many ways a strategy, or several together, were tried on one set of data, and what came of the others. */
export interface Tries {
  readonly count: number;
  /** Per-period Sharpe ratio of each other request, of those that have one. */
  readonly otherSharpes: readonly number[];
}

/**
 * Every run this installation made. Failed and partial runs count as tries, since they were looked at too.
 * Synchronous, because a run begins and ends with it.
 */
export interface RunRegistry {
  /** Takes the next id (`bt_7Q4M2K`; later ids sort after earlier ones) and keeps a `started` record under it. */
  begin(
    draft: Omit<RunRecord, 'id' | 'status' | 'metrics' | 'hashes' | 'reports' | 'sharpePerPeriod' | 'failure'>,
  ): RunRecord;
  /** Replaces the record of the same id. */
  save(record: RunRecord): void;
  get(id: string): RunRecord | null;
  /** All runs, newest first. */
  list(): readonly RunRecord[];
  /**
   * Different requests of just these strategies together, by their own ids, on data with these hashes (both in any order), this request included.
   */
  tries(strategyIds: readonly string[], dataHashes: readonly string[], request: string): Tries;
}
