import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { memoryStoredTables } from '../../src/adapters/memory/stored-tables.ts';
import { makerTakerFees } from '../../src/core/exchange/fees.ts';
import { ta } from '../../src/core/indicators/ta.ts';
import { Backtest } from '../../src/core/research/backtest.ts';
import { tripsOf } from '../../src/core/research/trade-sections.ts';
import { bars } from '../../src/core/strategy/data.ts';
import { defineStrategy } from '../../src/core/strategy/define-strategy.ts';
import type { InstrumentDefinition } from '../../src/core/vocabulary/instrument.ts';
import { SESSION_TABLES, type StoredRow, type TableName, type TableRow } from '../../src/ports/stored-tables.ts';
import { SessionCore } from '../../src/session/session-core.ts';
import type { SessionInput } from '../../src/session/session-input.ts';
import { StoredSession } from '../../src/session/stored-session.ts';
import { StoredTrades } from '../../src/session/stored-trades.ts';
import { hour, NO_LIMITS, PERPETUAL, play, scripted } from '../scenario.ts';
import { LiveScene } from './live-scene.ts';
import { configOf, INSTRUMENTS, newCore, recordingOf, SessionScene } from './session-scene.ts';

/** Brackets, trails, limits, amendments, shorts, on two instruments; some bars turn a position round in one order. */
const busy = defineStrategy({
  id: 'busy',
  params: {},
  data: { main: bars('1h'), other: bars('1h', INSTRUMENTS[1]!.definition.id) },
  indicators: ({ data }) => ({ average: ta.sma(data.main.close, 9) }),
  state: () => ({ bar: 0 }),
  onBar(c) {
    const n = c.state.bar++;
    if (n % 7 === 0 && !c.position.isOpen)
      c.buy({ size: { pctEquity: 0.2 }, stop: { pct: 0.006 }, target: { r: 1.5 }, why: 'a bracket' });
    if (n % 5 === 3) c.on('other').target(n % 2 === 0 ? 0.1 : -0.1, 'round and round');
    if (n % 13 === 5) c.on('other').buy({ size: { pctEquity: 0.02 }, limit: c.on('other').price * 0.99, why: 'cheap' });
    if (n % 31 === 30) c.cancelAll('a fresh start');
  },
});

const feeds = INSTRUMENTS.map(({ definition, bars: all }) => [definition, all] as const);
const config = (leverage = 3) =>
  configOf(
    busy as never,
    'bars',
    feeds.map(([d]: readonly [InstrumentDefinition, unknown]) => d),
    { leverage, account: 'margin' },
  );

const FACTS = {
  ...{ session: 's', strategy: 'busy', codeHash: 'c', params: '{}', venue: 'TEST', environment: 'paper', begunAtMs: 5 },
};

async function recorded(): Promise<readonly SessionInput[]> {
  const scene = new SessionScene();
  await scene.run('s', newCore(config()), recordingOf(feeds), { reason: 'over' });
  const inputs: SessionInput[] = [];
  for await (const { kind, payload } of scene.journals.read('s'))
    if (kind === 'input') inputs.push(payload as unknown as SessionInput);
  return inputs;
}
const inputs = await recorded();

/** Takes the inputs, the rows after every `every`th of them, and writes them. */
async function stored(every: number, count = inputs.length) {
  const core = new SessionCore(config(), 'test');
  const session = new StoredSession(core, FACTS);
  const tables = memoryStoredTables();
  let written = 0;
  const write = async (rows: readonly StoredRow[]): Promise<void> => {
    written += rows.length;
    await tables.write(rows);
  };
  for (const [k, input] of inputs.slice(0, count).entries()) {
    core.take(input);
    if ((k + 1) % every === 0) await write(session.take(k + 1));
  }
  await write(session.take(count));
  const all = (table: TableName): Promise<readonly TableRow[]> => tables.select(table, [], 1_000_000);
  return { core, all, written };
}

describe('stored session', () => {
  test('rows taken after every input, now and then, or once at the end -> the same tables', async () => {
    const once = await stored(Number.POSITIVE_INFINITY);
    assert.ok((await once.all('trades')).length > 30 && (await once.all('orders')).length > 100);
    for (const every of [1, 7, 100]) {
      const often = await stored(every);
      for (const table of SESSION_TABLES) assert.deepEqual(await often.all(table), await once.all(table), table);
    }
  });

  test('a batch without news -> the line of the session and nothing else', async () => {
    const core = new SessionCore(config(), 'test');
    const session = new StoredSession(core, FACTS);
    for (const input of inputs) core.take(input);
    session.take(1);
    assert.deepEqual(
      session.take(2).map((row) => row.table),
      ['sessions'],
    );
  });

  test('a trade of inverse contracts -> its profit in coins', () => {
    const { backtest } = play({
      instrument: { ...PERPETUAL, kind: 'inverse-perpetual', contractSize: '128' },
      account: 'margin',
      bars: [
        [128, 128, 128, 128],
        [128, 256, 128, 256],
        [256, 256, 256, 256],
      ],
      strategies: [{ 0: (c) => c.buy({ size: { qty: 10 }, why: 'up' }), 1: (c) => c.position.close('there') }],
    });
    const trades = new StoredTrades('s', backtest.engine);
    const rows = Array.from({ length: backtest.engine.state.fills.count }, (_, k) => trades.fill(k)).flat();
    assert.deepEqual(
      rows.map(({ row }) => [row['entry_price'], row['exit_price'], row['gross_profit'], row['profit_ratio']]),
      [[128, 256, 5, 0.5]],
    );
  });

  for (const side of ['buy', 'sell'] as const)
    test(`a position is closed, ${side === 'buy' ? 'long' : 'short'} -> its trade is told then, and not with the next one`, () => {
      const { backtest } = play({
        ...{ instrument: PERPETUAL, account: 'margin' },
        bars: Array.from({ length: 3 }, () => [100, 100, 100, 100] as const),
        strategies: [{ 0: (c) => c[side]({ size: { qty: 10 }, why: 'in' }), 1: (c) => c.position.close('out') }],
      });
      const trades = new StoredTrades('s', backtest.engine);
      assert.deepEqual([trades.fill(0).length, trades.fill(1).length], [0, 1]);
    });

  test('funding that is told when its trade has ended, and the next one has begun -> of the trade that held at its time', () => {
    const why = 'test';
    const holder = scripted({
      0: (c) => c.buy({ size: { qty: 10 }, why }),
      2: (c) => c.position.close(why),
      3: (c) => c.sell({ size: { qty: 10 }, why }),
      5: (c) => c.position.close(why),
    });
    const core = newCore(
      configOf(holder, 'bars', [PERPETUAL], {
        ...{ account: 'margin', limits: NO_LIMITS, warmUp: 'ready', costs: { fees: makerTakerFees(0, 0) } },
      }),
    );
    const session = new StoredSession(core, FACTS);
    const trades = new Map<unknown, TableRow>();
    for (let at = 0; at < 8; at++) {
      const feed = 0;
      core.take({ type: 'instant-ended', timeMs: hour(at + 1), bars: [[feed, hour(at), 100, 100, 100, 100, 1e6]] });
      // Two hours late each, and in the fifth hour of a position that is short.
      if (at === 4 || at === 6)
        core.take({ type: 'funding-fell-due', feed, timeMs: hour(at - 2), rate: 0.0001, markPrice: 100 });
      for (const { table, row } of session.take(at)) if (table === 'trades') trades.set(row['number'], row);
    }
    assert.deepEqual(
      [...trades.values()].map((row) => [row['side'], row['funding'], row['profit']]),
      [
        ['long', -0.1, -0.1],
        ['short', 0.1, 0.1],
      ],
    );
  });

  test('trades -> the round trips of the backtest on the same bars, those that have ended', async () => {
    const { core, all } = await stored(50);
    const { feeds: withTimeframes, ...rest } = config();
    const backtest = new Backtest({
      ...(rest as object),
      feeds: withTimeframes.map((feed, k) => ({ ...feed, bars: feeds[k]![1] })),
      session: 'test',
      cash: 100_000,
      strategies: [{ strategy: busy as never }],
    } as never).run();
    const names = core.engine.state.instruments.map((i) => i.id);
    const expected = tripsOf(backtest)
      .filter(({ trip }) => !trip.open)
      .map(({ instrument, trip: t }) => [
        names[instrument],
        t.side,
        t.entryTimeMs,
        t.exitTimeMs,
        t.quantity,
        t.entryPrice,
        t.exitPrice,
        t.profit,
      ]);
    const trades = await all('trades');
    const found = trades.map((t) =>
      ['instrument', 'side', 'entry_time_ms', 'exit_time_ms', 'quantity', 'entry_price', 'exit_price', 'profit'].map(
        (n) => t[n],
      ),
    );
    const sorted = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
    assert.ok(expected.some(([, side]) => side === 'short'));
    assert.deepEqual(sorted(found), sorted(expected));
    // Numbers count up without holes.
    for (const name of names) {
      const numbers = trades
        .filter((t) => t['instrument'] === name)
        .map((t) => t['number'] as number)
        .sort((a, b) => a - b);
      assert.deepEqual(
        numbers,
        numbers.map((_, k) => k + 1),
      );
    }
  });

  test('books -> equity less cash is what trades and positions have made, fees paid; orders and positions agree', async () => {
    const { core, all } = await stored(9, Math.floor(inputs.length * 0.8));
    const [line] = await all('sessions');
    const positions = await all('positions');
    const profit = positions.reduce(
      (sum, p) => sum + Number(p['realized_profit']) + Number(p['unrealized_profit']) - Number(p['fees']),
      0,
    );
    // Sums of doubles around 1e5: 1e-16 relative for each of some hundred steps.
    assert.ok(Math.abs(profit - Number(line!['profit'])) < 1e-6, `${profit} ${String(line!['profit'])}`);
    const equity = await all('equity');
    assert.equal(equity[0]!['equity'], line!['equity']);
    assert.deepEqual([equity.length, core.instants], [core.engine.state.track.count, core.engine.state.track.count]);
    for (const { instrument, quantity } of positions as readonly { instrument: string; quantity: string }[]) {
      const filled = (await all('orders'))
        .filter((o) => o['instrument'] === instrument)
        .reduce((sum, o) => sum + (o['side'] === 'buy' ? 1 : -1) * Number(o['filled']), 0);
      assert.ok(Math.abs(filled - Number(quantity)) < 1e-9, `${instrument}: ${filled} ${quantity}`);
    }
    assert.deepEqual(
      [line!['follows'], line!['fills']],
      [Math.floor(inputs.length * 0.8), core.engine.state.fills.count],
    );
    const [risk] = await all('risk');
    assert.deepEqual([risk!['max_position_percent'], risk!['max_daily_loss_percent'], risk!['leverage']], [100, 10, 3]);
    assert.equal(JSON.parse(String(risk!['limits'])).dailyLossPct, 10);
  });

  test('orders at a real exchange -> with its ids, from the words that the journal keeps', async () => {
    const scene = new LiveScene();
    const puppet = defineStrategy({
      id: 'puppet',
      params: {},
      data: { main: bars('1m') },
      indicators: () => ({}),
      state: () => ({ bar: 0 }),
      onBar(c) {
        if (c.state.bar++ === 0) c.buy({ size: { qty: 0.1 }, stop: { pct: 0.05 }, why: 'test' });
      },
    });
    const life = await scene.start(puppet as never);
    for (const price of [95_000, 95_010]) await scene.bar(life, price);
    const rows = new StoredSession(life.core, { ...FACTS, environment: 'testnet' }).take(life.journal.head);
    const orders = rows.filter(({ table }) => table === 'orders').map(({ row }) => row);
    const resting = await scene.venue.run(life.gateway.openOrders(scene.venue.symbol));
    assert.deepEqual(
      orders.map((o) => [o['status'], o['role']]),
      [
        ['filled', 'entry'],
        ['open', 'stop'],
      ],
    );
    assert.equal(orders[1]!['exchange_id'], resting[0]!.venueOrderId);
    assert.match(String(orders[0]!['exchange_id']), /^\d+$/);
    assert.equal(orders[1]!['id'], resting[0]!.clientOrderId);
    assert.equal(orders[1]!['trigger_price'], resting[0]!.trigger);
  });
});
