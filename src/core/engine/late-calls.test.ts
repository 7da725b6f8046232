import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Desk, HOUR_MS, NO_LIMITS, START_MS, STOCK, scripted } from '../../../test/scenario.ts';
import { Backtest } from '../research/backtest.ts';
import { play } from '../research/play.ts';
import { type DeskFeed, deskEngine } from '../research/simulated-desk.ts';
import { bars } from '../strategy/data.ts';
import { type AnyStrategy, defineStrategy, type OrderRef } from '../strategy/define-strategy.ts';
import { EVENT } from '../vocabulary/events.ts';
import { LateCallError, LateThrowError } from '../vocabulary/late-call.ts';
import { barsFromRows } from '../vocabulary/market-data.ts';
import type { Engine } from './engine.ts';
import { eventsHash, stateHash } from './state-hash.ts';
import { StrategyError } from './strategy-error.ts';

const size = { qty: 1 } as const;
const why = 'test';
const OTHER = { ...STOCK, id: 'TEST:XYZ', base: 'XYZ' };

/** An engine that nobody answers, as it stands between two inputs. */
function engineOf(strategies: readonly AnyStrategy[], instruments = [STOCK]): Engine {
  const feeds: DeskFeed[] = instruments.map((instrument) => ({ instrument, timeframe: '1h' }));
  const config = { strategies: strategies.map((strategy) => ({ strategy })), cash: 10_000, warmUp: 'ready' } as const;
  const engine = deskEngine(config, feeds, NO_LIMITS, 'late');
  engine.reset();
  return engine;
}

/** The next bar closes at 100 in every feed. */
function bar(engine: Engine): void {
  const openMs = START_MS + (engine.state.slice + 1) * HOUR_MS;
  for (const feed of engine.feeds.keys()) engine.append(feed, openMs, 100, 101, 99, 100, 1e6);
  engine.endSlice(openMs + HOUR_MS);
}

const eventTypes = ({ state: { log } }: Engine): number[] => [...log.column.type.subarray(0, log.count)];

/** Everything that an engine holds and that a strategy could change. */
const heldBy = (engine: Engine): unknown => [
  ...[stateHash(engine), eventsHash(engine), engine.state.outbox.count, engine.state.intents.count],
  ...[engine.state.texts.length, engine.seats.map(({ plots }) => plots.length)],
];

describe('calls outside of handlers', () => {
  /** What a handler keeps, to be used when it has returned. */
  interface Kept {
    readonly c: Desk;
    readonly open: OrderRef;
    readonly refused: OrderRef;
  }
  const CALLS: Readonly<Record<string, (kept: Kept) => unknown>> = {
    buy: ({ c }) => c.buy({ size, why }),
    sell: ({ c: { sell } }) => sell({ size, why }),
    target: ({ c }) => c.target(0.5, why),
    cancelAll: ({ c }) => c.cancelAll(why),
    'position.close': ({ c: { position } }) => position.close(why),
    'position.moveStop': ({ c }) => c.position.moveStop({ pct: 0.01 }),
    log: ({ c }) => c.log('late', { a: 1 }),
    alert: ({ c }) => c.alert('page', 'late'),
    plot: ({ c }) => c.plot('pane', { a: 1 }),
    'order.cancel': ({ open }) => open.cancel(why),
    'order.amend': ({ open }) => open.amend({ price: 80 }),
  };
  const others: typeof CALLS = {
    buy: ({ c }) => (c as unknown as { on: (feed: string) => Desk }).on('other').buy({ size, why }),
    'order.cancel': ({ refused }) => refused.cancel(why),
    'order.amend': ({ refused }) => refused.amend({ qty: 2 }),
  };
  for (const [what, calls] of [
    ['', CALLS],
    [' (another instrument, or an order that was refused)', others],
  ] as const)
    for (const [call, ask] of Object.entries(calls))
      test(`${call}${what} when the handler has returned -> thrown there, nothing has changed, kept for whoever asks`, () => {
        let kept: Kept | null = null;
        const strategy = defineStrategy({
          id: 'late',
          params: {},
          data: { main: bars(null, 'ABC'), other: bars(null, 'XYZ') },
          indicators: () => ({}),
          onBar(c) {
            const desk = c as unknown as Desk;
            const open = c.buy({ size, limit: 90, stop: { pct: 0.05 }, why });
            const refused = c.buy({ size: { qty: 0.1 }, why });
            kept ??= { c: desk, open, refused };
            // Inside it is allowed.
            ask(kept);
          },
        });
        const engine = engineOf([strategy], [STOCK, OTHER]);
        bar(engine);
        assert.equal(kept!.refused.status, 'refused');
        const before = heldBy(engine);
        for (let times = 0; times < 2; times++)
          assert.throws(
            () => ask(kept!),
            (error) => {
              assert.ok(error instanceof LateCallError);
              assert.equal(error.call, call);
              assert.match(error.message, /was called while none of its handlers was running/);
              return true;
            },
          );
        assert.deepEqual(heldBy(engine), before);
        // Reading is no asking.
        assert.deepEqual([kept!.c.price, kept!.open.isOpen, kept!.c.orders.length > 0], [100, true, true]);
        assert.deepEqual(
          engine.handlers.takeLate().map(({ strategy: id, error }) => [id, 'call' in error && error.call]),
          [['late', call]],
        );
        assert.deepEqual(engine.handlers.takeLate(), []);
      });

  test('every handler -> may ask while it runs, and not once it has returned', () => {
    const asked: string[] = [];
    const refused: string[] = [];
    let desk: Desk | null = null;
    const handler = (name: string) => (c: unknown) => {
      desk = c as Desk;
      desk.log(name);
      asked.push(name);
    };
    /** Called between two inputs. */
    const askLate = (): void => {
      assert.throws(() => desk!.log('late'), LateCallError);
      refused.push(asked.at(-1)!);
    };
    const strategy = defineStrategy({
      id: 'all',
      params: {},
      data: { main: bars() },
      indicators: () => ({}),
      sources: { news: { about: 'what happened' } },
      onStart: handler('onStart'),
      onBar(c) {
        handler('onBar')(c);
        if (c.data.main.index === 1) c.buy({ size: { qty: 0.1 }, why });
      },
      onOrder: handler('onOrder'),
      onSource: handler('onSource'),
      onTimer: { every: '2h', run: handler('onTimer') },
      onStop: handler('onStop'),
    });
    const engine = engineOf([strategy]);
    const steps = [
      () => bar(engine),
      () => bar(engine),
      () => engine.receive('news', 'good'),
      () => engine.stop('over'),
    ];
    for (const step of steps) {
      step();
      askLate();
    }
    assert.deepEqual(asked, ['onStart', 'onBar', 'onTimer', 'onBar', 'onOrder', 'onSource', 'onStop']);
    assert.deepEqual(refused, ['onBar', 'onOrder', 'onSource', 'onStop']);
  });

  test('onFill -> may ask while it runs, and not once it has returned', () => {
    const asked: number[] = [];
    let desk: Desk | null = null;
    const run = play(
      defineStrategy({
        id: 'filled',
        params: {},
        data: { main: bars() },
        indicators: () => ({}),
        onBar(c) {
          if (!c.position.isOpen) c.buy({ size: { qty: 1 }, why });
        },
        onFill(c, fill) {
          desk = c as unknown as Desk;
          c.log('filled');
          asked.push(fill.qty);
        },
      }),
      { bars: [100, 101, 102, 103] },
    );
    assert.deepEqual([asked, run.logs.map(({ text }) => text)], [[1], ['filled']]);
    assert.throws(() => desk!.log('late'), LateCallError);
  });

  test('a handler that threw -> is over, too', () => {
    for (const name of ['onStart', 'onBar'] as const) {
      let desk: Desk | null = null;
      const strategy = defineStrategy({
        ...{ id: 'throws', params: {}, data: { main: bars() }, indicators: () => ({}) },
        [name]: (c: unknown) => {
          desk = c as Desk;
          throw new Error('boom');
        },
      });
      const engine = engineOf([strategy]);
      assert.throws(() => bar(engine), StrategyError);
      assert.throws(() => desk!.buy({ size, why }), LateCallError);
      // It has failed already.
      assert.deepEqual(engine.handlers.takeLate(), []);
    }
  });

  test('the context of a strategy in a handler of another -> late: none of its own runs', () => {
    let first: Desk | null = null;
    let thrown: unknown = null;
    const engine = engineOf([
      scripted(
        {
          0: (c) => {
            first = c;
          },
        },
        'a',
      ),
      scripted(
        {
          0: () => {
            try {
              first!.buy({ size, why });
            } catch (error) {
              thrown = error;
            }
          },
        },
        'b',
      ),
    ]);
    bar(engine);
    assert.ok(thrown instanceof LateCallError);
    assert.deepEqual(
      engine.handlers.takeLate().map(({ strategy }) => strategy),
      ['a'],
    );
  });
});

describe('a strategy that acted late', () => {
  let desk: Desk | null = null;
  const late = scripted(
    {
      0: (c) => {
        desk = c;
        c.buy({ size, limit: 90, why });
      },
    },
    'late',
  );
  const begun = (): Engine => {
    const engine = engineOf([late, scripted({}, 'other')]);
    bar(engine);
    assert.throws(() => desk!.buy({ size, why }), LateCallError);
    return engine;
  };
  const failed = (engine: Engine, call = 'buy'): StrategyError => {
    try {
      engine.handlers.failLate('late', new LateCallError(call));
    } catch (error) {
      assert.ok(error instanceof StrategyError);
      return error;
    }
    return assert.fail('it did not fail');
  };

  test('fails -> stopped as one that threw: an event with strategy, call and what to do; its orders and the others go on', () => {
    const engine = begun();
    const before = eventTypes(engine).length;
    const error = failed(engine);
    assert.match(
      error.message,
      /^strategy late: buy\(\) was called while none of its handlers was running, .*: a handler must do everything before it returns; declare a source for what must be awaited$/,
    );
    assert.equal(error.handler, null);
    assert.deepEqual(eventTypes(engine).slice(before), [EVENT['strategy-failed']]);
    assert.equal(engine.state.texts.at(-1), error.message);
    assert.deepEqual(
      engine.seats.map(({ running }) => running),
      [false, true],
    );
    assert.equal(desk!.orders.length, 1);
    // The same fault, again.
    assert.throws(() => desk!.sell({ size, why }), LateCallError);
    assert.deepEqual(engine.handlers.takeLate(), []);
  });

  test('started again by its operator -> what it asks for too late is heard anew', () => {
    const engine = begun();
    failed(engine);
    engine.command({ type: 'start-strategy', reason: 'mended', strategy: 'late' });
    assert.deepEqual(engine.handlers.takeLate(), []);
    assert.throws(() => desk!.target(1, why), LateCallError);
    assert.deepEqual(
      engine.handlers.takeLate().map(({ error }) => 'call' in error && error.call),
      ['target'],
    );
  });

  test('commands of operators, between two inputs -> carried out, before and after', () => {
    const engine = begun();
    const place = () =>
      engine.command({
        ...{ type: 'place-order', reason: 'by hand', strategy: 'late', instrument: STOCK.id, side: 'buy' },
        entry: { size, limit: '80', why: 'by hand' },
      });
    const placed = place();
    assert.ok(placed.done && placed.order !== undefined);
    const { order } = placed;
    assert.equal(engine.command({ type: 'amend-order', reason: 'nearer', order, price: 85 }).done, true);
    failed(engine);
    assert.equal(engine.command({ type: 'cancel-order', reason: 'enough', order }).done, true);
    // As every strategy that is stopped.
    assert.equal(place().done, false);
  });

  test('something thrown late -> fails alike, told once; the first of what came counts', () => {
    for (const [thrown, told] of [
      [new TypeError('no such thing'), 'TypeError: no such thing'],
      ['text', 'text'],
      [undefined, 'undefined'],
      [new Error('x'.repeat(2000)), `Error: ${'x'.repeat(493)}`],
    ] as const) {
      const engine = engineOf([late, scripted({}, 'other')]);
      bar(engine);
      engine.handlers.threwLate('late', thrown);
      engine.handlers.threwLate('late', new Error('another'));
      const [fault, ...others] = engine.handlers.takeLate();
      assert.deepEqual([others, engine.handlers.takeLate()], [[], []]);
      assert.ok(fault!.error instanceof LateThrowError);
      assert.equal(fault!.error.threw, told);
      let failure = '';
      engine.handlers.failed = ({ message }) => {
        failure = message;
      };
      engine.handlers.failLate(fault!.strategy, fault!.error);
      assert.equal(failure, `strategy late: a promise or timer that a handler only began threw ${told}`);
      assert.equal(engine.seats[0]!.running, false);
      engine.handlers.threwLate('late', new Error('once more'));
      assert.deepEqual(engine.handlers.takeLate(), []);
    }
  });

  test('a strategy of another name -> refused, nothing fails', () => {
    const engine = begun();
    assert.throws(
      () => engine.handlers.failLate('nobody', new LateCallError('buy')),
      /^RangeError: no strategy nobody$/,
    );
    assert.equal(engine.seats[0]!.running, true);
  });
});

describe('promises that a handler only began', () => {
  /** Buys when the handler has returned, and keeps what came of it. */
  const patient = (came: unknown[]) =>
    defineStrategy({
      id: 'patient',
      params: {},
      data: { main: bars() },
      indicators: () => ({}),
      onBar(c) {
        void Promise.resolve()
          .then(() => c.buy({ size, why }))
          .then(
            (order) => came.push(order),
            (error: unknown) => came.push(error),
          );
      },
    });

  test('in play() -> the run is as if they were not there; each throws when it comes', async () => {
    const came: unknown[] = [];
    const { orders } = play(patient(came), { bars: [100, 101, 102] });
    assert.deepEqual([orders.length, came.length], [0, 0]);
    await new Promise((resolve) => setTimeout(resolve, 1));
    assert.deepEqual(
      came.map((each) => each instanceof LateCallError && each.call),
      ['buy', 'buy', 'buy'],
    );
  });

  test('more orders than one instant may have -> the first is kept, the run left as it was', async () => {
    const came: unknown[] = [];
    const backtest = new Backtest({
      feeds: [{ instrument: STOCK, timeframe: '1h', bars: hours(2_500) }],
      strategies: [{ strategy: patient(came) }],
      cash: 10_000,
    }).run();
    const before = heldBy(backtest.engine);
    await new Promise((resolve) => setTimeout(resolve, 1));
    assert.equal(came.length, 2_500);
    assert.ok(came.every((each) => each instanceof LateCallError));
    assert.deepEqual(heldBy(backtest.engine), before);
    assert.equal(backtest.engine.handlers.takeLate().length, 1);
    // A run from the start knows nothing of the one before.
    backtest.run();
    assert.deepEqual([heldBy(backtest.engine), backtest.engine.handlers.takeLate()], [before, []]);
  });
});

function hours(count: number) {
  return barsFromRows(Array.from({ length: count }, (_, i) => [START_MS + i * HOUR_MS, 100, 101, 99, 100, 1]));
}
