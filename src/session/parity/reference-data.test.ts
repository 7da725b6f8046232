import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { BarColumns } from '../../core/vocabulary/market-data.ts';
import { MINUTE_MS, timeframe } from '../../core/vocabulary/time.ts';
import { KeptMarket } from '../kept-market.ts';
import { asJson, type SessionNote } from '../replay-journal.ts';
import type { FeedBar, SessionInput } from '../session-input.ts';
import { MarketReader, type MarketRecord } from './market-record.ts';
import { type WholeMarket, wholeMarket } from './reference-data.ts';

const FRAMES = [timeframe('1m'), timeframe('1m')];
const bar = (feed: number, minute: number, price = 100 + minute): FeedBar => [
  ...([feed, minute * MINUTE_MS, price, price, price, price, 1] as const),
];
const instant = (minute: number, ...bars: readonly FeedBar[]): SessionInput => ({
  ...{ type: 'instant-ended', timeMs: (minute + 1) * MINUTE_MS, bars },
});
const history = (...bars: readonly FeedBar[]): SessionInput => ({ type: 'history-received', bars });

function columns(bars: readonly FeedBar[]): BarColumns {
  const column = (k: number): Float64Array => Float64Array.from(bars, (each) => each[k as 1]);
  return {
    ...{ openTimeMs: column(1), open: column(2), high: column(3), low: column(4), close: column(5), volume: column(6) },
  };
}

/** `trades`: seconds at which one happens, before the input of that number. */
function recordOf(
  inputs: readonly SessionInput[],
  trades: ReadonlyMap<number, readonly number[]> = new Map(),
): MarketRecord {
  const reader = new MarketReader();
  let id = 0;
  const kept = new KeptMarket(2);
  const note = (): void => {
    const block: SessionNote | null = kept.takeBlock();
    if (block !== null) reader.take({ kind: 'note', payload: asJson(block) });
  };
  for (const [k, input] of inputs.entries()) {
    for (const second of trades.get(k) ?? []) kept.trade(0, ++id, second * 1000, 200 + id, 2);
    note();
    reader.take({ kind: 'input', payload: asJson(input) });
  }
  return reader.record;
}

/** Items in short: `h` history, `i` instants with their minute, `t` trades by their seconds. */
const short = ({ items }: WholeMarket, { trades }: MarketRecord): string =>
  items
    .map((item) => {
      const minutes = (bars: readonly FeedBar[]): string =>
        bars.map(([feed, openMs]) => `${'ab'[feed]}${openMs / MINUTE_MS}`).join('');
      if (item.kind === 'history') return `h ${minutes(item.bars)}`;
      if (item.kind === 'instant') return `i ${minutes(item.bars)}`;
      if (item.kind === 'trades')
        return `t ${Array.from({ length: item.to - item.from }, (_, k) => trades.column.timeMs[item.from + k]! / 1000).join(' ')}`;
      return item.kind;
    })
    .join(', ');

describe('the market as it was', () => {
  test('nothing missing, nothing else -> the very items of the record', () => {
    const record = recordOf([history(bar(0, 0)), instant(1, bar(0, 1)), instant(2, bar(0, 2))]);
    const whole = wholeMarket(record, FRAMES, [columns([0, 1, 2, 3].map((minute) => bar(0, minute))), null]);
    assert.equal(whole.items, record.items);
    assert.deepEqual(whole.faults, []);
  });

  test('a bar is missing -> it stands where it closed: after older trades, before younger ones', () => {
    const record = recordOf(
      [instant(0, bar(0, 0)), instant(1, bar(0, 1)), instant(3, bar(0, 3))],
      new Map([[2, [130, 179, 180, 181]]]),
    );
    const whole = wholeMarket(record, FRAMES, [columns([0, 1, 2, 3].map((minute) => bar(0, minute))), null]);
    assert.equal(short(whole, record), 'i a0, i a1, t 130 179, i a2, t 180 181, i a3');
    assert.deepEqual([whole.missing, whole.late, whole.different], [1, 0, 0]);
  });

  test('a bar of one of two symbols is missing -> it joins the instant of the other, in the order of the feeds', () => {
    const record = recordOf(
      [0, 1, 2].map((minute) => instant(minute, ...(minute === 1 ? [] : [bar(0, minute)]), bar(1, minute))),
    );
    const all = [0, 1].map((feed) => columns([0, 1, 2].map((minute) => bar(feed, minute))));
    const whole = wholeMarket(record, FRAMES, all);
    assert.equal(short(whole, record), 'i a0b0, i a1b1, i a2b2');
    assert.equal(whole.missing, 1);
  });

  test('bars that came as history after the session began, or after their instant -> decided on in their time', () => {
    const late = recordOf([
      ...[history(bar(0, 0)), instant(1, bar(0, 1)), history(bar(0, 2), bar(0, 3))],
      instant(4, bar(0, 4)),
    ]);
    const whole = wholeMarket(late, FRAMES, []);
    assert.equal(short(whole, late), 'h a0, i a1, i a2, i a3, i a4');
    assert.equal(whole.late, 2);
    const after = recordOf([
      instant(0, bar(0, 0), bar(1, 0)),
      instant(1, bar(0, 1)),
      instant(1, bar(1, 1)),
      instant(2, bar(0, 2)),
    ]);
    const merged = wholeMarket(after, FRAMES, []);
    assert.equal(short(merged, after), 'i a0b0, i a1b1, i a2');
    assert.deepEqual(merged.faults, [{ feed: 1, openTimeMs: MINUTE_MS, what: 'late' }]);
  });

  test('after the session was ended and begun again -> what it fetched then stays history', () => {
    const record = recordOf([
      ...[instant(0, bar(0, 0)), { type: 'session-stopped', reason: 'over' } as const],
      ...[history(bar(0, 1), bar(0, 2)), instant(3, bar(0, 3))],
    ]);
    const whole = wholeMarket(record, FRAMES, [columns([0, 1, 2, 3].map((minute) => bar(0, minute)))]);
    assert.equal(whole.items, record.items);
  });

  test('the reference has other numbers -> its own are taken, and the bar is named', () => {
    const record = recordOf([instant(0, bar(0, 0)), instant(1, bar(0, 1))]);
    const whole = wholeMarket(record, FRAMES, [columns([bar(0, 0), bar(0, 1, 77)])]);
    assert.deepEqual(whole.faults, [{ feed: 0, openTimeMs: MINUTE_MS, what: 'different' }]);
    assert.deepEqual(whole.items.at(-1), { kind: 'instant', timeMs: 2 * MINUTE_MS, bars: [bar(0, 1, 77)] });
  });

  test('no reference, trades kept -> the bar is made of its trades', () => {
    const record = recordOf(
      [instant(0, bar(0, 0)), instant(1, bar(0, 1)), instant(3, bar(0, 3))],
      new Map([[2, [119, 130, 140, 150, 180]]]),
    );
    const whole = wholeMarket(record, FRAMES, []);
    assert.equal(whole.missing, 1);
    const made = whole.items
      .flatMap((item) => (item.kind === 'instant' ? item.bars : []))
      .find(([, ms]) => ms === 2 * MINUTE_MS);
    // Trades two to four: 202, 203, 204, two of each.
    assert.deepEqual(made, [0, 2 * MINUTE_MS, 202, 204, 202, 204, 6]);
  });
});
