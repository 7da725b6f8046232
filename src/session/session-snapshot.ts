import { giveHistory, takeHistory } from '../core/engine/history.ts';
import { restore, SnapshotError, snapshot } from '../core/engine/snapshot.ts';
import { columnToText, textToColumn } from '../core/vocabulary/column-text.ts';
import type { Json } from '../core/vocabulary/json.ts';
import { BAR_FIELDS, type BarColumns } from '../core/vocabulary/market-data.ts';
import type { SessionCore } from './session-core.ts';

const VERSION = 2;

interface SessionSnapshot {
  readonly v: typeof VERSION;
  readonly engine: Json;
  readonly history: Json;
  readonly side: Json;
  readonly bars: readonly Readonly<Record<string, string>>[];
  readonly lastOpenMs: string;
  readonly lastTradeId: string;
  /** Absent in snapshots of before funding was taken. */
  readonly lastFundingMs?: string;
  readonly lastMs: number | null;
  readonly inputs: number;
  readonly instants: number;
  readonly liveBars: number;
  readonly isStopped: boolean;
  readonly failure: string | null;
}

/**
 * A core between two inputs as plain JSON, its past included: what follows from it is what follows from the whole journal. Taken while
 * nothing waits to be asked of an exchange.
 */
export function takeSnapshot(core: SessionCore): Json {
  const taken: SessionSnapshot = {
    v: VERSION,
    engine: snapshot(core.engine),
    history: takeHistory(core.engine),
    side: core.side.snapshot(),
    bars: core.engine.feeds.map(({ base }) => {
      const columns = base.taken();
      return Object.fromEntries(BAR_FIELDS.map((field) => [field, columnToText(columns[field])]));
    }),
    lastOpenMs: columnToText(core.lastOpenMs),
    lastTradeId: columnToText(core.lastTradeId),
    lastFundingMs: columnToText(core.lastFundingMs),
    lastMs: Number.isFinite(core.lastMs) ? core.lastMs : null,
    ...{ inputs: core.inputs, instants: core.instants, liveBars: core.liveBars },
    ...{ isStopped: core.isStopped, failure: core.failure },
  };
  return taken as unknown as Json;
}

/** Takes a snapshot over into a fresh core of the same configuration. Throws {@link SnapshotError}; the core is of no use then. */
export function restoreSnapshot(core: SessionCore, json: Json): void {
  const version = (json as { readonly v?: Json } | null)?.v;
  if (version !== VERSION)
    throw new SnapshotError(
      'version',
      `expected a session snapshot of version ${VERSION}, found ${JSON.stringify(version)}`,
    );
  const from = json as unknown as SessionSnapshot;
  const histories = from.bars.map(
    (columns) =>
      Object.fromEntries(BAR_FIELDS.map((field) => [field, textToColumn(columns[field]!)])) as unknown as BarColumns,
  );
  restore(core.engine, from.engine, histories);
  giveHistory(core.engine, from.history);
  core.side.restore(from.side);
  core.lastOpenMs.set(textToColumn(from.lastOpenMs));
  core.lastTradeId.set(textToColumn(from.lastTradeId));
  if (from.lastFundingMs !== undefined) core.lastFundingMs.set(textToColumn(from.lastFundingMs));
  core.lastMs = from.lastMs ?? Number.NEGATIVE_INFINITY;
  core.inputs = from.inputs;
  core.instants = from.instants;
  core.liveBars = from.liveBars;
  core.isStopped = from.isStopped;
  core.failure = from.failure;
}
