import { makerTakerFees } from '../../src/core/exchange/fees.ts';
import type { CostModel } from '../../src/core/exchange/fill-costs.ts';
import { toRate } from '../../src/core/exchange/rate.ts';
import { ta } from '../../src/core/indicators/ta.ts';
import { bars } from '../../src/core/strategy/data.ts';
import { type AnyStrategy, defineStrategy } from '../../src/core/strategy/define-strategy.ts';
import { type BarColumns, sliceBars } from '../../src/core/vocabulary/market-data.ts';
import { Random } from '../../src/core/vocabulary/random.ts';
import { MINUTE_MS, SECOND_MS } from '../../src/core/vocabulary/time.ts';
import type { FeedSink } from '../../src/ports/market-feed.ts';
import type { Recording } from '../../src/ports/recording.ts';
import { KeptMarket } from '../../src/session/kept-market.ts';
import { type Comparison, compareWithModel, type Ladder } from '../../src/session/parity/ladder.ts';
import { MarketReader, type MarketRecord } from '../../src/session/parity/market-record.ts';
import { asJson, replayJournal, type SessionNote } from '../../src/session/replay-journal.ts';
import { type SessionConfig, SessionCore } from '../../src/session/session-core.ts';
import type { SessionInput } from '../../src/session/session-input.ts';
import { INSTRUMENTS, SessionScene, symbolOf } from './session-scene.ts';

const START_MS = 1_700_000_040_000;
const INSTRUMENT = INSTRUMENTS[0]!.definition;
const TICK = Number(INSTRUMENT.tick);

interface Market {
  readonly bars: BarColumns;
  /** Time, price, quantity. */
  readonly trades: readonly (readonly [number, number, number])[];
}

/** Minute bars of a random walk: trades every tenth of a second or so at the beginning of each bar, seldom later. */
export function randomMarket(seed: number, count: number): Market {
  const random = new Random(seed);
  const trades: [number, number, number][] = [];
  const column = (): Float64Array => new Float64Array(count);
  const all = {
    ...{ openTimeMs: column(), open: column(), high: column(), low: column() },
    ...{ close: column(), volume: column() },
  };
  let ticks = 1_000_000;
  let drift = 0;
  for (let i = 0; i < count; i++) {
    const openMs = START_MS + i * MINUTE_MS;
    if (i % 12 === 0) drift = random.uniform() - 0.5;
    let [high, low, first, volume] = [0, Number.POSITIVE_INFINITY, 0, 0];
    for (let ms = 20; ms < MINUTE_MS; ms += ms < SECOND_MS ? 40 + Math.floor(random.uniform() * 120) : 9_900) {
      ticks += Math.round((random.uniform() - 0.5 + drift * 0.25) * 120);
      const price = ticks * TICK;
      const quantity = 50 + Math.floor(random.uniform() * 50);
      trades.push([openMs + ms, price, quantity]);
      if (first === 0) first = price;
      high = Math.max(high, price);
      low = Math.min(low, price);
      volume += quantity;
    }
    all.openTimeMs[i] = openMs;
    all.open[i] = first;
    all.high[i] = high;
    all.low[i] = low;
    all.close[i] = ticks * TICK;
    all.volume[i] = volume;
  }
  return { bars: all, trades };
}

/** What a venue sent of a market: trades and bars, a few bars left out. */
export function recordingOfMarket({ bars: b, trades }: Market, dropped: readonly number[] = []): Recording {
  return {
    startedAtMs: START_MS,
    async play(sink, subscribed) {
      let rows = 0;
      for await (const _ of this.rows(sink, subscribed)) rows++;
      return rows;
    },
    async *rows(sink: FeedSink, subscribed) {
      const symbol = symbolOf(INSTRUMENT);
      const instrument = INSTRUMENT;
      subscribed({ id: 0, venue: 'TEST', request: { channel: 'bars', symbol, timeframe: '1m' }, instrument });
      subscribed({ id: 1, venue: 'TEST', request: { channel: 'trades', symbol }, instrument });
      let next = 0;
      for (let i = 0; i < b.close.length; i++) {
        const closeMs = b.openTimeMs[i]! + MINUTE_MS;
        for (; next < trades.length && trades[next]![0] < closeMs; next++) {
          const [timeMs, price, quantity] = trades[next]!;
          sink.trade(1, timeMs, timeMs, next + 1, price, quantity, 1);
          yield timeMs;
        }
        if (dropped.includes(i)) continue;
        const bar = [b.openTimeMs[i]!, b.open[i]!, b.high[i]!, b.low[i]!, b.close[i]!, b.volume[i]!] as const;
        sink.bar(0, closeMs, closeMs, ...bar, true);
        yield closeMs;
      }
      for (; next < trades.length; next++) {
        const [timeMs, price, quantity] = trades[next]!;
        sink.trade(1, timeMs, timeMs, next + 1, price, quantity, 1);
        yield timeMs;
      }
    },
  };
}

/** A market that ends in the middle of a bar. */
export function marketUntil({ bars: b, trades }: Market, timeMs: number): Market {
  const count = b.openTimeMs.findIndex((openMs) => openMs + MINUTE_MS > timeMs);
  return { bars: sliceBars(b, 0, count), trades: trades.filter(([at]) => at < timeMs) };
}

/** Market orders at crossings of two averages. */
export const crossing = defineStrategy({
  id: 'crossing',
  params: {},
  data: { main: bars('1m') },
  indicators: ({ data }) => ({ cross: ta.cross(ta.sma(data.main.close, 3), ta.sma(data.main.close, 8)) }),
  onBar(c) {
    if (c.ind.cross.up && !c.position.isOpen) c.buy({ size: { pctEquity: 0.8 }, why: 'crossed above' });
    else if (c.ind.cross.down) c.position.close('crossed below');
  },
});

/** Brackets that are reckoned from the price of the entry, and limits that wait. */
export const waiting = defineStrategy({
  id: 'waiting',
  params: {},
  data: { main: bars('1m') },
  indicators: ({ data }) => ({ average: ta.sma(data.main.close, 5) }),
  state: () => ({ bar: 0 }),
  onBar(c) {
    const n = c.state.bar++;
    if (n % 9 === 0 && !c.position.isOpen)
      c.buy({ size: { pctEquity: 0.4 }, stop: { pct: 0.0006 }, target: { r: 1.5 }, why: 'every ninth' });
    if (n % 9 === 4) c.buy({ size: { pctEquity: 0.1 }, limit: c.price * 0.9998, why: 'a little below' });
    if (n % 9 === 8) {
      c.cancelAll('nine bars are over');
      c.position.close('nine bars are over');
    }
  },
});

export function costsOf(feeRate: number, ticks: number, orderMs: number, orderJitterMs = 0): CostModel {
  const rate = toRate(feeRate);
  return {
    fees: makerTakerFees(rate, rate),
    slippage: { kind: 'ticks', amount: ticks, clampToRange: false },
    latency: { orderMs, orderJitterMs, reportMs: 0, reportJitterMs: 0 },
  };
}

export const configWith = (
  strategy: AnyStrategy,
  costs: CostModel,
  drivenBy: SessionConfig['drivenBy'] = 'trades',
): SessionConfig => ({
  strategies: [{ strategy }],
  cash: 100_000,
  feeds: [{ instrument: INSTRUMENT, timeframe: '1m' }],
  drivenBy,
  costs,
});

export interface Recorded {
  readonly core: SessionCore;
  readonly profit: number;
  readonly market: MarketRecord;
  certify(more: Pick<Comparison, 'model' | 'reference'>): Ladder;
}

/** Runs a session on a recording, takes its journal again, and lays the models beside it. */
export async function recordSession(
  config: SessionConfig,
  recording: Recording,
  more: { readonly keepsMarket?: boolean } = {},
): Promise<Recorded> {
  const scene = new SessionScene();
  await scene.run('s', new SessionCore(config, 'test'), recording, { reason: 'over', ...more });
  const core = new SessionCore(config, 'test');
  const reader = new MarketReader();
  await replayJournal(core, scene.journals.read('s'), (body) => body());
  for await (const record of scene.journals.read('s')) reader.take(record);
  const { state } = core.engine;
  const market = reader.record;
  return {
    ...{ core, market },
    profit: state.book.equity(state.price) - state.account.cash,
    certify: (given) =>
      compareWithModel({
        ...{ recorded: core, market, config, session: 'test', sealed: (body) => body(), ...given },
      }),
  };
}

/** What a session keeps of a market, a few bars left out. */
export function marketRecordOf(market: Market, dropped: readonly number[] = []): MarketRecord {
  const reader = new MarketReader();
  const kept = new KeptMarket(1);
  const take = (input: SessionInput | SessionNote | null, kind: 'input' | 'note'): void => {
    if (input !== null) reader.take({ kind, payload: asJson(input) });
  };
  let next = 0;
  const { bars: b, trades } = market;
  for (let i = 0; i < b.close.length; i++) {
    const timeMs = b.openTimeMs[i]! + MINUTE_MS;
    for (; next < trades.length && trades[next]![0] < timeMs; next++) {
      const [tradeMs, price, quantity] = trades[next]!;
      kept.trade(0, next + 1, tradeMs, price, quantity);
    }
    take(kept.takeBlock(), 'note');
    if (dropped.includes(i)) continue;
    const bar = [0, b.openTimeMs[i]!, b.open[i]!, b.high[i]!, b.low[i]!, b.close[i]!, b.volume[i]!] as const;
    take({ type: 'instant-ended', timeMs, bars: [bar] }, 'input');
  }
  return reader.record;
}
