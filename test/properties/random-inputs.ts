import { clientOrderId } from '../../src/core/execution/client-order-id.ts';
import type { Command } from '../../src/core/vocabulary/commands.ts';
import { KILL_LEVELS, SCOPES, TRADING_STATES } from '../../src/core/vocabulary/commands.ts';
import type { BarColumns } from '../../src/core/vocabulary/market-data.ts';
import { SIDES } from '../../src/core/vocabulary/order.ts';
import { Random } from '../../src/core/vocabulary/random.ts';
import type { SessionCore } from '../../src/session/session-core.ts';
import type { FeedBar, SessionInput } from '../../src/session/session-input.ts';
import { HOUR_MS } from '../scenario.ts';
import { Dice, entry } from './random-trader.ts';

/** What a session is told beside its market, each between any two other inputs. */
export interface Around {
  readonly seed: number;
  /** Chance of a command between two inputs. */
  readonly commands: number;
  /** Chance of a source's value, of prices between bars, of funding, of a late call, of an end and a new start. */
  readonly others: number;
  /** Bars at the beginning that are history. */
  readonly past: number;
  /** Chance that the bars of some hours come as history, as after an outage. */
  readonly outages: number;
  /** Chance that a feed's bar comes when its instant has ended: it has one of its own then. */
  readonly late: number;
}

const REASON = 'dice';

/** The inputs of a session on recorded bars, each made up when the core stands where it will be taken. */
export function* randomInputs(core: SessionCore, all: readonly BarColumns[], around: Around): Generator<SessionInput> {
  const dice = new Dice([...new Random(around.seed).state]);
  const hours = instants(all);
  function* between(nowMs: number): Generator<SessionInput> {
    while (dice.chance(around.commands)) {
      const command = randomCommand(dice, core, nowMs);
      yield { type: 'command-given', command, ...(dice.chance(0.5) ? { actor: 'ann', id: core.inputs } : {}) };
    }
    if (!dice.chance(around.others)) return;
    const { strategy } = randomSlot(dice, core);
    yield* dice.pick<() => readonly SessionInput[]>([
      () => [{ type: 'source-received', name: dice.pick(['news', 'mood']), value: dice.pick([1, 'x', { a: [null] }]) }],
      () => [{ type: 'source-received', name: 'news', value: core.inputs }],
      () => [
        {
          type: 'prices-marked',
          timeMs: nowMs,
          prices: core.engine.feeds.map(({ instrument }) => {
            const price = core.engine.state.price[instrument]!;
            return Number.isNaN(price) || dice.chance(0.3) ? null : price * dice.between(0.9, 1.1);
          }),
        },
      ],
      () => randomFunding(dice, core, nowMs),
      () => (dice.chance(0.1) ? [{ type: 'strategy-acted-late', strategy, call: 'buy' }] : []),
      () => (dice.chance(0.1) ? [{ type: 'strategy-threw-late', strategy, threw: 'Error: late' }] : []),
      () => (dice.chance(0.2) ? stopAndStart(core) : []),
    ])();
  }
  for (let k = 0; k < hours.length; ) {
    const [timeMs, bars] = hours[k]!;
    const isPast = k < around.past;
    if (isPast || dice.chance(around.outages)) {
      const count = isPast ? around.past : 1 + Math.floor(dice.between(0, 4));
      yield { type: 'history-received', bars: hours.slice(k, k + count).flatMap(([, missed]) => missed) };
      k += count;
      continue;
    }
    yield* between(timeMs - HOUR_MS);
    if (core.config.drivenBy === 'trades') yield* tradesOf(core, bars, between);
    const isLate = bars.length > 1 && dice.chance(around.late);
    const [first, ...others] = dice.chance(0.5) ? bars : [...bars].reverse();
    yield { type: 'instant-ended', timeMs, bars: isLate ? [first!] : bars };
    if (isLate) {
      yield* between(timeMs);
      yield { type: 'instant-ended', timeMs, bars: others };
    }
    k++;
  }
  yield* between(hours.at(-1)![0]);
  yield { type: 'session-stopped', reason: 'end of data' };
}

function randomSlot(dice: Dice, { engine }: SessionCore): { readonly strategy: string; readonly instrument: string } {
  return {
    strategy: dice.pick(engine.seats).strategy.def.id,
    instrument: dice.pick(engine.state.instruments).id,
  };
}

/** Funding of a perpetual that has fallen due now or some hours ago, and now and then the same from another source. */
function randomFunding(dice: Dice, { engine }: SessionCore, nowMs: number): readonly SessionInput[] {
  const feed = Math.floor(dice.between(0, engine.feeds.length));
  const { instrument } = engine.feeds[feed]!;
  const price = engine.state.price[instrument]!;
  if (!engine.state.instruments[instrument]!.kind.endsWith('-perpetual')) return [];
  const markPrice = Number.isNaN(price) || dice.chance(0.3) ? null : price * dice.between(0.99, 1.01);
  const timeMs = nowMs - (dice.chance(0.5) ? 0 : Math.floor(dice.between(0, 6 * HOUR_MS)));
  const funding = { type: 'funding-fell-due', feed, timeMs, rate: dice.between(-0.002, 0.002), markPrice } as const;
  return dice.chance(0.3) ? [funding, { ...funding, timeMs: timeMs + 7, rate: 0.01 }] : [funding];
}

/** What lets a session trade again, of which few commands would. */
function goOn(dice: Dice, { engine }: SessionCore): Command {
  const { ladder } = engine.risk.state;
  const still = engine.seats.filter((seat) => !seat.running);
  const [held] = ladder.held();
  if (held !== undefined) {
    const { scope, index } = held;
    const target = scope === 'strategy' ? engine.seats[index]!.strategy.def.id : engine.state.instruments[index]!.id;
    return {
      type: 'rearm',
      reason: REASON,
      scope,
      ...(scope === 'strategy' || scope === 'instrument' ? { target } : {}),
    };
  }
  if (still.length > 0) return { type: 'start-strategy', reason: REASON, strategy: dice.pick(still).strategy.def.id };
  return { type: 'set-trading-state', reason: REASON, scope: dice.pick(['system', 'account']), state: 'active' };
}

/** As the loop of a session does it. */
function stopAndStart(core: SessionCore): readonly SessionInput[] {
  return [
    { type: 'session-stopped', reason: REASON },
    ...core.engine.seats.map(
      ({ strategy: { def } }): SessionInput => ({
        type: 'command-given',
        command: { type: 'start-strategy', reason: 'the session goes on', strategy: def.id },
      }),
    ),
  ];
}

/** Bars of all feeds by close time. */
export function instants(all: readonly BarColumns[]): (readonly [timeMs: number, bars: readonly FeedBar[]])[] {
  const byClose = new Map<number, FeedBar[]>();
  for (const [feed, b] of all.entries())
    for (let i = 0; i < b.close.length; i++) {
      const closeMs = b.openTimeMs[i]! + HOUR_MS;
      const bar = [feed, b.openTimeMs[i]!, b.open[i]!, b.high[i]!, b.low[i]!, b.close[i]!, b.volume[i]!] as const;
      byClose.set(closeMs, [...(byClose.get(closeMs) ?? []), bar]);
    }
  return [...byClose].sort(([a], [b]) => a - b);
}

/** Trades at open, low, high and close of every bar that had any, as far as the core wants them. */
export function* tradesOf(
  core: SessionCore,
  bars: readonly FeedBar[],
  between: (nowMs: number) => Iterable<SessionInput> = () => [],
): Generator<SessionInput> {
  for (let step = 0; step < 4; step++)
    for (const [feed, openTimeMs, open, high, low, close, volume] of bars) {
      if (volume === 0 || !core.wantsTrades(feed)) continue;
      const timeMs = openTimeMs + (step * HOUR_MS) / 4;
      const price = [open, low, high, close][step]!;
      yield {
        ...{ type: 'trade-received', feed, tradeId: openTimeMs / 1000 + step, timeMs, price },
        quantity: volume / 4,
      };
      yield* between(timeMs);
    }
}

/** Any command that a person might give, and now and then one that lets trading go on. */
export function randomCommand(dice: Dice, core: SessionCore, nowMs: number): Command {
  if (dice.chance(0.2)) return goOn(dice, core);
  const { state } = core.engine;
  const { strategy, instrument } = randomSlot(dice, core);
  const price = state.price[state.instruments.findIndex(({ id }) => id === instrument)]!;
  const order = (): string => {
    const open = Array.from({ length: state.book.positions.count }, (_, slot) => core.engine.desk.rowsOf(slot)).flat();
    const row = open.length > 0 && dice.chance(0.9) ? dice.pick(open) : Math.floor(dice.between(0, 20));
    return clientOrderId(state.session, row);
  };
  const scoped = () => {
    const scope = dice.pick(SCOPES);
    if (scope === 'strategy') return { scope, target: strategy };
    return scope === 'instrument' ? { scope, target: instrument } : { scope };
  };
  const reason = REASON;
  return dice.pick<() => Command>([
    () => ({
      ...{ type: 'place-order', reason, strategy, instrument, side: dice.pick(SIDES) },
      entry: entry(dice, Number.isNaN(price) ? 100 : price, nowMs),
    }),
    () => ({
      ...{ type: 'place-order', reason, strategy, instrument, side: dice.pick(SIDES) },
      entry: entry(dice, Number.isNaN(price) ? 100 : price, nowMs),
    }),
    () => ({
      ...{ type: 'amend-order', reason, order: order() },
      ...(dice.chance(0.6) ? { price: (price || 100) * dice.between(0.96, 1.04) } : {}),
      ...(dice.chance(0.6) ? { quantity: dice.between(0.001, 30) } : {}),
    }),
    () => ({ type: 'cancel-order', reason, order: order() }),
    () => ({
      ...{ type: 'cancel-all-orders', reason },
      ...(dice.chance(0.5) ? { strategy } : {}),
      ...(dice.chance(0.5) ? { instrument } : {}),
    }),
    () => ({ type: 'close-position', reason, strategy, instrument }),
    () => ({
      type: 'give-value',
      reason,
      source: dice.pick(['news', 'nothing']),
      value: dice.pick([null, 'up', 2, [{}]]),
    }),
    () => ({ type: 'pause-strategy', reason, strategy }),
    () => ({ type: 'start-strategy', reason, strategy }),
    () => ({ type: 'start-strategy', reason, strategy }),
    () => ({ type: 'set-trading-state', reason, ...scoped(), state: dice.pick(TRADING_STATES) }),
    () => ({ type: 'set-trading-state', reason, ...scoped(), state: 'active' }),
    () => ({ type: 'kill', reason, level: dice.pick(KILL_LEVELS), ...scoped(), deferred: dice.chance(0.2) }),
    () => ({ type: 'rearm', reason, ...scoped(), into: dice.pick(['active', 'active', 'reducing']) }),
    () => ({ type: 'rearm', reason, ...scoped() }),
    () => ({
      ...{ type: 'set-limits', reason, ...scoped(), confirmed: dice.chance(0.8) },
      limits: dice.pick([
        { positionPct: dice.between(10, 200) },
        { orderValuePct: dice.between(10, 200), strategyOpenOrders: 5 },
        { messageOrders: 3 },
        { dailyLossPct: 5, drawdownPct: 20 },
        { repeatedEntryFills: 4 },
        { selfMatch: 'refuse' },
        { coolDownLosses: 2 },
      ]),
    }),
  ])();
}
