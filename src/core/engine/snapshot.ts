import type { BracketPlan } from '../execution/brackets.ts';
import type { BookSnapshot } from '../portfolio/book.ts';
import type { RiskSnapshot } from '../risk/state.ts';
import { assert } from '../vocabulary/assert.ts';
import { columnToText, textToColumn } from '../vocabulary/column-text.ts';
import { type Json, sameJson } from '../vocabulary/json.ts';
import type { BarColumns } from '../vocabulary/market-data.ts';
import type { OrderTableSnapshot } from '../vocabulary/order-table.ts';
import type { Engine } from './engine.ts';
import type { HeldOrdersSnapshot } from './held-orders.ts';
import type { IntentsSnapshot } from './intents.ts';
import type { ReplacementsSnapshot } from './replacements.ts';
import type { ContextSnapshot } from './strategy-seat.ts';

/** Changes whenever a snapshot of before cannot be understood any more; an upcaster goes with it, or a refusal. */
export const SNAPSHOT_VERSION = 3;
/** The same but for limits that could not be changed then: its own are those that the session began with. */
const WITHOUT_LIMITS = 2;

/** A snapshot that cannot be taken over: `version` this program does not know, or `configuration` other than that of the engine. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
  readonly code: 'version' | 'configuration';

  constructor(code: 'version' | 'configuration', message: string) {
    super(message);
    this.code = code;
  }
}

interface EngineSnapshot {
  readonly v: typeof SNAPSHOT_VERSION;
  readonly session: string;
  /** What the engine was configured with, as far as rows, slots and columns depend on it. */
  readonly of: Json;
  readonly state: {
    readonly input: number;
    readonly slice: number;
    readonly clock: string;
    readonly price: string;
    readonly events: number;
    readonly fills: number;
    readonly texts: number;
    readonly extremes: string;
  };
  readonly intents: IntentsSnapshot;
  readonly orders: OrderTableSnapshot;
  readonly brackets: Json;
  /** Absent in snapshots of before late fills were protected. */
  readonly endedBrackets?: Json;
  readonly book: BookSnapshot;
  readonly risk: RiskSnapshot;
  readonly trades: string;
  readonly desk: {
    readonly open: readonly (readonly number[])[];
    /** Lots that orders may become by what is asked of them; absent in snapshots of before that counted. */
    readonly asked?: readonly (readonly [row: number, lots: number])[];
    readonly stops: readonly (readonly [row: number, ticks: number])[];
    readonly refusals: readonly number[];
    readonly held: HeldOrdersSnapshot;
    readonly replacements: ReplacementsSnapshot;
    readonly amending?: readonly (readonly [row: number, lots: number, count: number])[];
    readonly worked: Json;
  };
  readonly strategies: readonly {
    readonly running: boolean;
    /** Absent in snapshots of before it was kept. */
    readonly hasFailed?: boolean;
    readonly settled: boolean;
    readonly settledAtMs: number | null;
    readonly state: Json;
    readonly context: ContextSnapshot;
  }[];
  readonly timers: readonly (number | null)[];
  readonly sweep: readonly number[];
  readonly isPending: boolean;
  readonly feeds: readonly { readonly inputs: string; readonly slices: string }[];
}

function configurationOf(engine: Engine): Json {
  return {
    instruments: engine.state.instruments.map((i) => i.id),
    strategies: engine.seats.map((s) => ({
      id: s.strategy.def.id,
      version: s.strategy.def.version ?? '',
      params: s.params,
    })),
    feeds: engine.feeds.map((f) => `${f.symbol} ${f.timeframe.text}${f.grid.utcOffsetMs === null ? ' sessions' : ''}`),
  };
}

/**
 * Everything that decides what an engine does next, as plain JSON: columns of numbers as base64 of little-endian doubles. Taken between
 * two inputs, with an empty outbox, of an engine that takes its bars one by one.
 *
 * Left to the journal: the events, fills and texts themselves (counts go on, so that sequence numbers do), the equity curve (its peak and
 * drawdown go on), plots, and the bars: of these only the order of arrival is here, and indicators are computed anew from the recorded
 * bars by {@link restore}, which gives the same bits without every kernel having to describe itself.
 */
export function snapshot(engine: Engine): Json {
  const { state: s, desk, feeds } = engine;
  assert(s.outbox.count === 0, 'a snapshot is taken when no request waits to be sent');
  for (const feed of feeds)
    assert(
      feed.arrivals.inputs.length === feed.base.cursor + 1,
      'a snapshot is of an engine that takes its bars one by one',
    );
  const { dispatch } = desk;
  const taken: EngineSnapshot = {
    v: SNAPSHOT_VERSION,
    session: s.session,
    of: configurationOf(engine),
    state: {
      input: s.input,
      slice: s.slice,
      clock: columnToText(s.clock),
      price: columnToText(s.price),
      events: s.log.count,
      fills: s.fills.count,
      texts: s.texts.length,
      extremes: columnToText(s.track.extremes),
    },
    intents: s.intents.snapshot(),
    orders: s.orders.snapshot(),
    brackets: [...s.brackets] as unknown as Json,
    endedBrackets: [...s.endedBrackets] as unknown as Json,
    book: s.book.snapshot(),
    risk: engine.risk.snapshot(),
    trades: columnToText(engine.reports.trades.snapshot()),
    desk: {
      open: desk.open.snapshot(),
      asked: desk.open.asked(),
      stops: [...dispatch.stops],
      refusals: [...dispatch.refusals],
      held: dispatch.held.snapshot(),
      replacements: dispatch.replacements.snapshot(),
      amending: [...dispatch.amending].map(([row, { lots, count }]) => [row, lots, count]),
      worked: desk.worked.snapshot(),
    },
    strategies: engine.seats.map((seat) => ({
      running: seat.running,
      hasFailed: seat.hasFailed,
      settled: seat.settled,
      settledAtMs: Number.isFinite(seat.settledAtMs) ? seat.settledAtMs : null,
      state: seat.context.state,
      context: seat.context.snapshot(),
    })),
    timers: engine.timers.snapshot(),
    sweep: engine.sweep.snapshot(),
    isPending: engine.isPending,
    feeds: feeds.map(({ arrivals }) => ({
      inputs: columnToText(arrivals.inputs),
      slices: columnToText(arrivals.slices),
    })),
  };
  // A copy, so that nothing that happens later shows in it.
  return JSON.parse(JSON.stringify(taken)) as Json;
}

/**
 * Takes a snapshot over into a fresh engine of the same configuration. `histories`: the recorded bars of each feed from the first on, in
 * the order of the configuration; more than the snapshot has seen does no harm. Throws {@link SnapshotError}.
 */
export function restore(engine: Engine, json: Json, histories: readonly BarColumns[]): void {
  const version = (json as { readonly v?: Json } | null)?.v;
  if (version !== SNAPSHOT_VERSION && version !== WITHOUT_LIMITS)
    throw new SnapshotError(
      'version',
      `expected a snapshot of version ${SNAPSHOT_VERSION}, found ${JSON.stringify(version)}`,
    );
  const from = json as unknown as EngineSnapshot;
  const { state: s, desk } = engine;
  const mine = [s.session, configurationOf(engine)];
  const its = [from.session, from.of];
  if (!sameJson(mine, its))
    throw new SnapshotError(
      'configuration',
      `the snapshot is of ${JSON.stringify(its)}, the engine is configured as ${JSON.stringify(mine)}`,
    );
  const arrivals = from.feeds.map((f) => ({
    inputs: [...textToColumn(f.inputs)],
    slices: [...textToColumn(f.slices)],
  }));
  arrivals.forEach(({ inputs }, feed) => {
    const found = histories[feed]?.close.length ?? 0;
    if (found < inputs.length)
      throw new SnapshotError('configuration', `feed ${feed} needs ${inputs.length} recorded bars, found ${found}`);
  });
  engine.reset();
  engine.replay(histories, arrivals);
  s.input = from.state.input;
  s.slice = from.state.slice;
  s.clock.set(textToColumn(from.state.clock));
  s.price.set(textToColumn(from.state.price));
  s.log.resume(from.state.events);
  s.fills.resume(from.state.fills);
  s.texts.splice(0, s.texts.length, ...new Array<string>(from.state.texts).fill(''));
  s.track.extremes.set(textToColumn(from.state.extremes));
  s.intents.restore(from.intents);
  s.orders.restore(from.orders);
  for (const [plans, saved] of [
    [s.brackets, from.brackets],
    [s.endedBrackets, from.endedBrackets ?? []],
  ] as const) {
    plans.clear();
    for (const [row, plan] of structuredPairs(saved))
      plans.set(row, { closedLots: 0, isOwed: false, ...(plan as object) } as BracketPlan);
  }
  s.book.restore(from.book);
  engine.risk.restore(from.risk);
  engine.reports.trades.restore(textToColumn(from.trades));
  restoreDesk(desk, from.desk);
  engine.seats.forEach((seat, i) => {
    const saved = from.strategies[i]!;
    seat.running = saved.running;
    seat.hasFailed = saved.hasFailed ?? !saved.running;
    seat.settled = saved.settled;
    seat.settledAtMs = saved.settledAtMs ?? Number.POSITIVE_INFINITY;
    seat.context.state = saved.state;
    seat.context.restore(saved.context);
  });
  engine.timers.restore(from.timers);
  engine.sweep.restore(from.sweep);
  engine.isPending = from.isPending;
}

function restoreDesk(desk: Engine['desk'], from: EngineSnapshot['desk']): void {
  const { dispatch } = desk;
  desk.open.restore(from.open, from.asked ?? []);
  dispatch.stops.clear();
  for (const [row, ticks] of from.stops) dispatch.stops.set(row, ticks);
  dispatch.refusals.splice(0, dispatch.refusals.length, ...from.refusals);
  dispatch.refusalCounts.fill(0);
  for (const code of from.refusals) dispatch.refusalCounts[code]!++;
  dispatch.held.restore(from.held);
  dispatch.replacements.restore(from.replacements);
  dispatch.amending.clear();
  for (const [row, lots, count] of from.amending ?? []) dispatch.amending.set(row, { lots, count });
  desk.worked.restore(from.worked);
}

/** Rows with what belongs to them, in copies that may be changed. */
function structuredPairs(json: Json): [number, Json][] {
  return JSON.parse(JSON.stringify(json)) as [number, Json][];
}
