import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { allocateBookView, readBook } from '../../src/core/market/book-view.ts';
import { DepthMessage } from '../../src/core/market/depth-message.ts';
import { BINANCE_SPOT_DEPTH, BINANCE_USDM_DEPTH, type DepthRules } from '../../src/core/market/depth-rules.ts';
import { DepthSync } from '../../src/core/market/depth-sync.ts';
import { IdSequence } from '../../src/core/market/id-sequence.ts';
import { OrderBook } from '../../src/core/market/order-book.ts';
import type { BookView } from '../../src/ports/market-feed.ts';
import { dataMissing, readShared } from '../shared-data.ts';

type WireLevels = readonly (readonly [price: string, quantity: string])[];
interface WireDepth {
  readonly U: number;
  readonly u: number;
  readonly pu?: number;
  readonly b: WireLevels;
  readonly a: WireLevels;
}
interface WireTicker {
  readonly u: number;
  readonly b: string;
  readonly B: string;
  readonly a: string;
  readonly A: string;
}
type Frame = { readonly stream?: string; readonly data?: unknown } & {
  readonly lastUpdateId?: number;
  readonly bids?: WireLevels;
  readonly asks?: WireLevels;
};

const DIRECTORY = 'orderbook';
const SPOT = [
  `${DIRECTORY}/binance_spot_BTCUSDT_20240808_235413.jsonl.gz`,
  `${DIRECTORY}/binance_spot_BTCUSDT_20240809_000000.jsonl.gz`,
];
const USDM = [`${DIRECTORY}/binance_usdm_BTCUSDT_20240808_235415.jsonl.gz`];

function* frames(paths: readonly string[]): Generator<Frame> {
  for (const path of paths) {
    for (const line of readShared(path).split('\n')) {
      if (line !== '') yield JSON.parse(line.slice(line.indexOf(' ') + 1)) as Frame;
    }
  }
}

function addLevels(message: DepthMessage, side: number, levels: WireLevels): void {
  for (const [price, quantity] of levels) message.add(side, Number(price), Number(quantity));
}

interface Top {
  readonly id: number;
  readonly values: readonly number[];
}

/** Follows a recording; for every update in step the book's top, and all tops that the venue told beside. */
function follow(paths: readonly string[], rules: DepthRules, tick: string | null) {
  const sync = new DepthSync(new OrderBook({ tick }), rules);
  const { book } = sync;
  const message = new DepthMessage();
  const built: Top[] = [];
  const told: Top[] = [];
  const outcomes = new Map<string, number>();
  const count = (outcome: string): void => void outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  for (const frame of frames(paths)) {
    if (frame.lastUpdateId !== undefined) {
      message.begin(frame.lastUpdateId, frame.lastUpdateId);
      addLevels(message, 1, frame.bids!);
      addLevels(message, -1, frame.asks!);
      count(`snapshot ${sync.snapshot(message)}`);
    } else if (frame.stream!.includes('@depth')) {
      const { U, u, pu, b, a } = frame.data as WireDepth;
      message.begin(U, u, pu ?? -1);
      addLevels(message, 1, b);
      addLevels(message, -1, a);
      count(sync.update(message));
    } else if (frame.stream!.includes('@bookTicker')) {
      const { u, b, B, a, A } = frame.data as WireTicker;
      told.push({ id: u, values: [Number(b), Number(B), Number(a), Number(A)] });
      continue;
    } else continue;
    if (sync.state !== 'synced') continue;
    const { bids, asks } = book;
    built.push({
      id: book.updateId,
      values: [bids.bestPrice, bids.bestQuantity, asks.bestPrice, asks.bestQuantity],
    });
  }
  return { built, told, outcomes: Object.fromEntries(outcomes) };
}

describe('recorded books', () => {
  const recordings = [
    {
      name: 'Binance spot',
      paths: SPOT,
      rules: BINANCE_SPOT_DEPTH,
      tick: '0.01',
      updates: 6_492,
      named: 1_072,
      // The best bid left and came back between two tickers; the venue told of neither.
      untold: [50_093_478_174, 50_093_480_542],
    },
    {
      name: 'Binance USD-M',
      paths: USDM,
      rules: BINANCE_USDM_DEPTH,
      tick: '0.1',
      updates: 6_545,
      named: 629,
      untold: [],
    },
  ] as const;
  for (const { name, paths, rules, tick, updates, named, untold } of recordings) {
    const skip = paths.map(dataMissing).find((missing) => missing !== false) ?? false;
    for (const [layout, step] of [
      ['ladder', tick],
      ['sorted columns', null],
    ] as const) {
      test(`${name}, ${layout}: every update of the recording -> the top that the venue's own tickers tell`, {
        skip,
      }, () => {
        const { built, told, outcomes } = follow(paths, rules, step);
        assert.deepEqual(Object.keys(outcomes).sort(), ['applied', 'buffered', 'snapshot applied']);
        assert.equal(outcomes['applied'], updates);
        const different: number[] = [];
        let exact = 0;
        let at = 0;
        for (const { id, values } of built) {
          while (at + 1 < told.length && told[at + 1]!.id <= id) at++;
          const ticker = told[at]!;
          if (ticker.id === id) {
            exact++;
            assert.deepEqual(values, ticker.values, `at ${id}`);
          } else if (values.some((value, k) => value !== ticker.values[k])) different.push(id);
        }
        assert.equal(exact, named, 'updates whose number a ticker has, too');
        assert.deepEqual(different, untold);
      });
    }
  }

  const HYPERLIQUID = `${DIRECTORY}/hyperliquid_BTC_20250126.jsonl.gz`;
  test('Hyperliquid: whole books, one replacing the other -> the view shows each as sent', {
    skip: dataMissing(HYPERLIQUID),
  }, () => {
    const book = new OrderBook({ tick: '1', windowTicks: 64 });
    const view = allocateBookView(20);
    let seen = 0;
    for (const frame of frames([HYPERLIQUID])) {
      const { channel, data } = frame as { channel?: string; data?: { levels: { px: string; sz: string }[][] } };
      if (channel !== 'l2Book') continue;
      book.clear();
      const sent = data!.levels.map((side) => side.map(({ px, sz }) => [Number(px), Number(sz)] as const));
      for (const [k, side] of sent.entries()) {
        for (const [price, quantity] of side) assert.ok(book.set(k === 0 ? 1 : -1, price, quantity));
      }
      readBook(book, view);
      const delivered: BookView = view;
      for (const [k, side] of [delivered.bids, delivered.asks].entries()) {
        const shown = Array.from({ length: side.count }, (_, i) => [side.price[i], side.quantity[i]]);
        assert.deepEqual(shown, sent[k]);
      }
      seen++;
    }
    assert.equal(seen, 46);
  });
});

interface Row {
  readonly [column: string]: string;
}

function rowsOf(path: string): Row[] {
  const [head, ...lines] = readShared(path).trim().split('\n');
  const names = head!.trim().split(',');
  return lines.map((line) => {
    const cells = line.trim().split(',');
    return Object.fromEntries(names.map((name, k) => [name, cells[k]!]));
  });
}

/** Updates from rows of one level each: neighbours with the same numbers belong together. */
function updatesOf(rows: readonly Row[]): DepthMessage[] {
  const updates: DepthMessage[] = [];
  let key = '';
  for (const row of rows) {
    const { FirstUpdateId, FinalUpdateId, FinalUpdateIdInLastStream, TimestampOfReceive } = row;
    const own = `${FirstUpdateId} ${FinalUpdateId} ${TimestampOfReceive}`;
    if (own !== key) {
      updates.push(new DepthMessage());
      updates.at(-1)!.begin(Number(FirstUpdateId), Number(FinalUpdateId), Number(FinalUpdateIdInLastStream ?? -1));
    }
    key = own;
    updates.at(-1)!.add(row['IsAsk'] === '1' ? -1 : 1, Number(row['Price']), Number(row['Quantity']));
  }
  return updates;
}

/** What becomes of each update after an empty snapshot right before the first; given up, the book gets another before the next. */
function outcomesOf(updates: readonly DepthMessage[], rules: DepthRules): Map<string, number[]> {
  const sync = new DepthSync(new OrderBook({ tick: null }), rules);
  const found = new Map<string, number[]>();
  const empty = new DepthMessage();
  for (const [i, update] of updates.entries()) {
    if (sync.snapshotWanted) {
      sync.reset();
      const { firstId, previousId } = update;
      empty.begin(0, previousId < 0 ? firstId - 1 : previousId);
      sync.snapshot(empty);
    }
    const outcome = sync.update(update);
    found.set(outcome, [...(found.get(outcome) ?? []), i]);
  }
  return found;
}

describe('recorded sequences', () => {
  const file = (kind: string, sign: string): string =>
    `${DIRECTORY}/sequence_tests/test_${sign}_binance_${kind}_trxusdt_04-03-2025.csv.gz`;
  const depth = (kind: string, sign: string, rules: DepthRules) => {
    const updates = updatesOf(rowsOf(file(kind, sign)));
    return { updates, outcomes: outcomesOf(updates, rules) };
  };
  const SPOT_DEPTH = 'difference_depth_stream_spot';
  const USDM_DEPTH = 'difference_depth_stream_usd_m_futures';

  for (const [kind, rules, count] of [
    [SPOT_DEPTH, BINANCE_SPOT_DEPTH, 2_833],
    [USDM_DEPTH, BINANCE_USDM_DEPTH, 600],
  ] as const) {
    test(`${kind}: clean -> every update applied`, { skip: dataMissing(file(kind, 'positive')) }, () => {
      const { updates, outcomes } = depth(kind, 'positive', rules);
      assert.equal(updates.length, count);
      assert.deepEqual([...outcomes.keys()], ['applied']);
    });
  }

  test(`${SPOT_DEPTH}: corrupted -> the price that is none and the missing number, each where it stands`, {
    skip: dataMissing(file(SPOT_DEPTH, 'negative')),
  }, () => {
    const { outcomes } = depth(SPOT_DEPTH, 'negative', BINANCE_SPOT_DEPTH);
    assert.deepEqual([outcomes.get('malformed'), outcomes.get('gap'), outcomes.size], [[0], [3], 3]);
  });

  const places = (path: string): Map<string, number> => {
    const sequence = new IdSequence();
    const found = new Map<string, number>();
    for (const row of rowsOf(path)) {
      const place = sequence.next(Number(row['TradeId']));
      found.set(place, (found.get(place) ?? 0) + 1);
    }
    return found;
  };
  for (const kind of ['trade_stream_spot', 'trade_stream_usd_m_futures']) {
    test(`${kind}: clean -> ten thousand ids, none missing, none twice`, {
      skip: dataMissing(file(kind, 'positive')),
    }, () => {
      assert.deepEqual(
        [...places(file(kind, 'positive'))],
        [
          ['first', 1],
          ['next', 9_999],
        ],
      );
    });
  }
  test('trade_stream_spot: one id given twice instead of the next -> repeated, then a gap of one', {
    skip: dataMissing(file('trade_stream_spot', 'negative')),
  }, () => {
    assert.deepEqual(
      [...places(file('trade_stream_spot', 'negative'))],
      [
        ['first', 1],
        ['next', 9_997],
        ['repeated', 1],
        ['gap', 1],
      ],
    );
  });
});
