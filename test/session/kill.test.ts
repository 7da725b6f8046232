import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { restore, snapshot } from '../../src/core/engine/snapshot.ts';
import { DEFAULT_COSTS } from '../../src/core/research/fee-setup.ts';
import { bars } from '../../src/core/strategy/data.ts';
import { defineStrategy } from '../../src/core/strategy/define-strategy.ts';
import type { Command, CommandOutcome, KillLevel } from '../../src/core/vocabulary/commands.ts';
import { FLAG, isTerminal, ORDER_ROLES, ORDER_STATUSES } from '../../src/core/vocabulary/order.ts';
import { REFUSALS } from '../../src/core/vocabulary/refusal.ts';
import { HOUR_MS } from '../../src/core/vocabulary/time.ts';
import type { SessionConfig, SessionCore } from '../../src/session/session-core.ts';
import { configOf, INSTRUMENTS, newCore } from './session-scene.ts';

const [first, second] = INSTRUMENTS;
const FIRST = first!.definition.id;
const SECOND = second!.definition.id;
const why = 'test';
const SLOW = { orderMs: 90 * 60_000, orderJitterMs: 0, reportMs: 0, reportJitterMs: 0 };

/** Holds both instruments, each with a stop, a limit resting below the first, and would enter again whenever it is flat. */
const eager = defineStrategy({
  id: 'eager',
  params: {},
  data: { main: bars('1h'), other: bars('1h', SECOND) },
  indicators: () => ({}),
  state: () => ({ calls: 0 }),
  onBar(c) {
    c.state.calls++;
    for (const feed of ['main', 'other'] as const)
      if (!c.on(feed).position.isOpen) c.on(feed).buy({ size: { pctEquity: 0.1 }, stop: { pct: 0.2 }, why });
    if (c.orders.every((order) => order.side === 'sell'))
      c.buy({ size: { pctEquity: 0.05 }, limit: c.price * 0.8, why });
  },
});

/** A session on flat prices, one bar of both instruments an hour. */
class Hours {
  readonly core: SessionCore;
  #hour = 0;

  constructor(more: Partial<SessionConfig> = {}) {
    this.core = newCore(configOf(eager as never, 'bars', [first!.definition, second!.definition], more));
  }

  pass(hours: number, price = 100, low = price): this {
    for (let k = 0; k < hours; k++) {
      const openMs = this.#hour++ * HOUR_MS;
      const bar = (feed: number) => [feed, openMs, price, price, low, price, 1_000_000] as const;
      this.core.take({ type: 'instant-ended', timeMs: openMs + HOUR_MS, bars: [bar(0), bar(1)] });
    }
    return this;
  }

  skip(hours: number): this {
    this.#hour += hours;
    return this;
  }

  give(command: Command): CommandOutcome {
    return this.core.take({ type: 'command-given', command })!;
  }

  kill(
    level: KillLevel,
    scope: Extract<Command, { type: 'kill' }>['scope'] = 'system',
    target?: string,
  ): CommandOutcome {
    return this.give({ type: 'kill', reason: 'drill', level, scope, ...(target === undefined ? {} : { target }) });
  }

  get calls(): number {
    return (this.core.engine.seats[0]!.context.state as { calls: number }).calls;
  }

  /** Roles of the open orders, by instrument. */
  get open(): string[] {
    const { orders } = this.core.engine.state;
    const c = orders.column;
    return Array.from({ length: orders.count }, (_, row) => row)
      .filter((row) => !isTerminal(c.status[row]!))
      .map((row) => `${c.instrument[row]} ${ORDER_ROLES[c.role[row]!]} ${ORDER_STATUSES[c.status[row]!]}`)
      .sort();
  }

  get held(): boolean[] {
    return Array.from(this.core.engine.state.book.netLots, (lots) => lots !== 0);
  }

  refused(code: (typeof REFUSALS)[number]): number {
    return this.core.engine.desk.refusalCounts[REFUSALS.indexOf(code)]!;
  }

  buy(instrument = FIRST): CommandOutcome {
    const entry = { size: { qty: 1 }, why: 'hand' };
    return this.give({ type: 'place-order', reason: why, strategy: 'eager', instrument, side: 'buy', entry });
  }
}

const BUSY = ['0 entry open', '0 stop open', '1 stop open'];
const inMarket = (more?: Partial<SessionConfig>): Hours => new Hours(more).pass(3);

describe('kill ladder', () => {
  test('a session in the market -> positions, stops and a resting entry: what the levels act on', () => {
    const s = inMarket();
    assert.deepEqual([s.open, s.held], [BUSY, [true, true]]);
  });

  test('pause -> the strategy is not called, its orders stay, and it goes on when re-armed', () => {
    const s = inMarket();
    assert.deepEqual(s.kill('pause'), { done: true, canceled: 0 });
    s.pass(2);
    assert.deepEqual([s.calls, s.open, s.held], [3, BUSY, [true, true]]);
    assert.deepEqual(s.give({ type: 'start-strategy', reason: why, strategy: 'eager' }), {
      done: false,
      code: 'latched',
      message: 'a kill holds eager; it runs again when re-armed',
    });
    s.give({ type: 'rearm', reason: why, scope: 'account' });
    assert.equal(s.pass(1).calls, 3, 'another scope');
    s.give({ type: 'rearm', reason: why, scope: 'system', epoch: 1 });
    assert.equal(s.pass(1).calls, 4);
  });

  test('reduce -> an order that opens is refused, one that closes passes; stops still act', () => {
    const s = inMarket();
    s.kill('reduce');
    const refused = s.buy();
    assert.equal(!refused.done && refused.code, 'reduce-only-state');
    assert.ok(s.give({ type: 'close-position', reason: why, strategy: 'eager', instrument: FIRST }).done);
    s.pass(1);
    assert.deepEqual(s.held, [false, true]);
  });

  test('halt -> neither new orders nor amendments nor closes, cancels pass, and an entry that fills meanwhile gets its stop', () => {
    const s = inMarket();
    const entry = { size: { qty: 1 }, limit: 90, stop: { pct: 0.05 }, why };
    const placed = s.give({
      type: 'place-order',
      reason: why,
      strategy: 'eager',
      instrument: SECOND,
      side: 'buy',
      entry,
    });
    assert.ok(placed.done);
    s.kill('halt');
    const order = placed.order!;
    for (const command of [
      { type: 'amend-order', reason: why, order, price: 95 },
      { type: 'close-position', reason: why, strategy: 'eager', instrument: FIRST },
    ] as const) {
      const outcome = s.give(command);
      assert.equal(!outcome.done && outcome.code, 'trading-halted', command.type);
    }
    assert.equal(s.buy().done, false);
    s.pass(1, 100, 89);
    assert.deepEqual(s.open, ['0 entry open', '0 stop open', '1 stop open', '1 stop open']);
    const resting = s.core.engine.desk.clientId(s.core.engine.desk.rowsOf(0)[1]!);
    assert.ok(s.give({ type: 'cancel-order', reason: why, order: resting }).done);
    assert.equal(s.open.length, 3);
  });

  test('cancel-all -> no order is open, stops not spared and none comes anew; positions stay', () => {
    const s = inMarket();
    assert.deepEqual(s.kill('cancel-all'), { done: true, canceled: 3 });
    assert.deepEqual([s.open, s.held], [[], [true, true]]);
    s.pass(3);
    assert.deepEqual([s.open, s.held, s.calls], [[], [true, true], 3]);
  });

  for (const account of ['cash', 'margin'] as const)
    test(`flatten on ${account} -> everything canceled, every position closed by one order that may only reduce, nothing after it`, () => {
      const s = inMarket({ account });
      const orders = s.core.engine.state.orders.count;
      s.kill('flatten');
      s.pass(1);
      assert.deepEqual([s.open, s.held], [[], [false, false]]);
      assert.equal(s.core.engine.state.orders.count, orders + 2);
      s.kill('flatten');
      s.pass(2);
      assert.deepEqual([s.core.engine.state.orders.count, s.held], [orders + 2, [false, false]]);
      assert.equal(s.buy().done, false);
      const text = s.core.engine.state.intents.why.at(-2);
      assert.equal(text, 'kill: drill');
    });

  test('flatten while a market exit is on its way -> it is not closed twice', () => {
    const s = inMarket({ account: 'margin' });
    s.give({ type: 'close-position', reason: why, strategy: 'eager', instrument: FIRST });
    s.kill('flatten');
    s.pass(2);
    assert.deepEqual(s.held, [false, false]);
  });

  test('flatten that the venue delays -> nothing is asked for twice, and in the end all is flat', () => {
    const s = inMarket({ account: 'margin', costs: { ...DEFAULT_COSTS, latency: SLOW } });
    s.pass(4);
    assert.deepEqual(s.held, [true, true]);
    s.kill('flatten');
    s.pass(8);
    assert.deepEqual([s.open, s.held], [[], [false, false]]);
  });

  test('scopes: an instrument, a strategy -> what they concern and nothing else; the strictest of two wins', () => {
    const s = inMarket();
    s.kill('flatten', 'instrument', SECOND);
    s.kill('reduce', 'account');
    s.pass(2);
    assert.deepEqual([s.open, s.held], [BUSY.slice(0, 2), [true, false]]);
    s.give({ type: 'rearm', reason: why, scope: 'account' });
    assert.equal(s.buy().done, true);
    assert.equal(s.buy(SECOND).done, false, 'the instrument is still held');
    const mild = inMarket();
    mild.kill('halt');
    mild.kill('pause');
    assert.equal(mild.buy().done, false, 'a level only rises');
    assert.equal(mild.kill('pause', 'instrument', FIRST).done, false, 'an instrument cannot be paused');
  });

  test('deferred -> halted at once, orders and positions only with the next instant', () => {
    const s = inMarket();
    s.give({ type: 'kill', reason: why, level: 'flatten', scope: 'system', deferred: true });
    assert.deepEqual([s.open, s.buy().done], [BUSY, false]);
    s.pass(2);
    assert.deepEqual([s.open, s.held], [[], [false, false]]);
  });

  test('bars of the past while it holds -> nothing is closed on them; with the next instant it is', () => {
    const s = inMarket();
    s.give({ type: 'kill', reason: why, level: 'flatten', scope: 'system', deferred: true });
    const bar = (hour: number, price: number) => [0, hour * HOUR_MS, price, price, price, price, 1_000_000] as const;
    // The stop of the first instrument is hit, and its resting entry fills.
    s.core.take({ type: 'history-received', bars: [bar(3, 79), bar(4, 79), bar(5, 79)] });
    const { orders } = s.core.engine.state;
    const kills = () =>
      Array.from({ length: orders.count }, (_, row) => row).filter((row) => orders.column.flags[row]! & FLAG.kill);
    assert.deepEqual([kills(), s.held], [[], [true, true]]);
    s.skip(3).pass(3);
    assert.deepEqual([s.open, s.held], [[], [false, false]]);
    assert.equal(kills().length, 2);
  });

  test('re-armed into reducing -> strategies run, and may only get out', () => {
    const s = inMarket();
    s.kill('halt', 'strategy', 'eager');
    s.give({ type: 'rearm', reason: why, scope: 'strategy', target: 'eager', into: 'reducing' });
    assert.equal(s.pass(1).calls, 4);
    const refused = s.buy();
    assert.equal(!refused.done && refused.code, 'reduce-only-state');
  });

  test('before the first bar -> nothing is ordered until it is re-armed', () => {
    const s = new Hours();
    s.kill('halt');
    assert.deepEqual([s.pass(3).open, s.calls], [[], 0]);
    s.give({ type: 'rearm', reason: why, scope: 'system' });
    assert.ok(s.pass(2).open.length > 0);
  });

  test('snapshot: taken while latched -> a restored engine is latched alike', () => {
    const s = inMarket();
    s.kill('cancel-all');
    const again = inMarket();
    const columns = [100, 100].map((price) => {
      const of = (value: number): Float64Array => new Float64Array(3).fill(value);
      const openTimeMs = Float64Array.from([0, HOUR_MS, 2 * HOUR_MS]);
      return { openTimeMs, open: of(price), high: of(price), low: of(price), close: of(price), volume: of(1_000_000) };
    });
    restore(again.core.engine, snapshot(s.core.engine), columns);
    const { ladder } = again.core.engine.risk.state;
    assert.deepEqual(ladder.held(), s.core.engine.risk.state.ladder.held());
    assert.equal(ladder.isSweeping, true);
    assert.equal(again.buy().done, false);
  });
});
