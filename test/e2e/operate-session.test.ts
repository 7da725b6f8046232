import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { pause } from '../stand-ins/loopback.ts';
import { type RunningScene, Scene, strategyFile } from './command-line.ts';
import { openFastExchange } from './fast-exchange.ts';

const scene = new Scene();
after(() => scene.remove());
const exchange = await openFastExchange();
after(() => exchange.close());
const { env } = exchange;
scene.write('idle.ts', strategyFile('idle', 'void c.ind.average.value;'));
const PAPER = [
  ...['paper', './idle.ts', '--venue', 'local', '--symbols', 'BTCUSDT', '--timeframe', '1s'],
  ...['--param', 'length=2', '--session', 'ops'],
];

let running: RunningScene;
/** Until its indicators have settled, orders are refused. */
const start = async (): Promise<void> => {
  running = await scene.startRunning(PAPER, env, (update) => update['settled'] === true || isKilled(update));
};
const isKilled = (update: Record<string, unknown>): boolean => (update['kills'] as unknown[]).length > 0;
before(start);
after(() => running.end());

const tell = async (...args: readonly string[]) => {
  const { code, body } = await scene.json(args, env);
  return { code, data: body.data, error: body.error };
};
const ok = async (...args: readonly string[]) => {
  const { code, data, error } = await tell(...args);
  assert.equal(code, 0, `${args.join(' ')}: ${JSON.stringify(error)}`);
  return data;
};

async function until<T>(what: string, look: () => Promise<T>, isRight: (seen: T) => boolean): Promise<T> {
  for (const endMs = performance.now() + 60_000; performance.now() < endMs; await pause(100)) {
    const seen = await look();
    if (isRight(seen)) return seen;
  }
  throw new Error(`${what}: did not come to be`);
}

describe('a session that others operate', () => {
  test('order buy with a stop -> filled, protected, told by positions, orders, fills and why', async () => {
    // Settled is said with the last bar that is needed, and orders pass from the next one on.
    const buy = ['order', 'buy', 'btcusdt', '--qty', '0.01', '--stop', '5%', '--reason', 'a try'];
    const placed = await until(
      'the order',
      () => tell(...buy),
      ({ error }) => error?.details['reason'] !== 'warming-up',
    );
    assert.equal(placed.code, 0, JSON.stringify(placed.error));
    const { order } = placed.data;
    const { positions } = await until(
      'the fill',
      () => ok('positions'),
      ({ positions: all }) => all[0]?.quantity === '0.01',
    );
    assert.equal(positions[0].instrument, 'LOCAL:BTCUSDT');
    const open = (await ok('orders')).orders;
    assert.deepEqual(
      open.map((each: { role: string; side: string; status: string }) => [each.role, each.side, each.status]),
      [['stop', 'sell', 'open']],
    );
    assert.ok((await ok('orders', '--all')).orders.some((each: { order: string }) => each.order === order));
    const { fills } = await ok('fills', '--session', 'ops');
    assert.ok(fills.length > 0 && fills.every((fill: { order: string }) => fill.order === order));
    const told = await ok('why', 'last');
    assert.equal(told.input.command.type, 'place-order');
    assert.match(told.input.command.actor, /@/);
    assert.equal(told.signal.data.why, 'ordered by hand (a try)');
    assert.equal(told.order.order, order);
    assert.ok(told.rules.length > 20 && told.rules.every((rule: { passed: boolean }) => rule.passed));
    assert.ok(
      told.indicators.some((each: { name: string; value: number }) => each.name === 'average' && each.value > 0),
    );
    assert.match(told.position.type, /position-(opened|changed)/);
    assert.equal(told.causes.at(-1), told.signal.seq);
  });

  test('what cannot be done -> a code of its own, and the session goes on', async () => {
    const refusals: readonly (readonly [readonly string[], number, string])[] = [
      [['order', 'buy', 'BTCUSDT', '--qty', '1000'], 7, 'order-refused'],
      [['order', 'buy', 'DOGEUSDT', '--qty', '1'], 3, 'symbol-unknown'],
      [['order', 'buy', 'BTCUSDT'], 2, 'input-invalid'],
      [['order', 'buy', 'BTCUSDT', '--qty', '1', '--limit', '5', '--type', 'stop'], 2, 'input-invalid'],
      [['order', 'buy', 'BTCUSDT', '--qty', '1', '--post-only'], 2, 'input-invalid'],
      [['order', 'buy', 'BTCUSDT', '--qty', '1', '--limit', '5', '--post-only', '--tif', 'ioc'], 2, 'input-invalid'],
      [['order', 'buy', 'BTCUSDT', '--qty', '1', '--until', '2100-01-01', '--tif', 'day'], 2, 'input-invalid'],
      [['order', 'buy', 'BTCUSDT', '--qty', '1', '--limit', '5', '--until', '2020-01-01'], 2, 'input-invalid'],
      [['order', 'cancel', 'nothing'], 3, 'order-unknown'],
      [['pause', 'elsewhere'], 3, 'session-unknown'],
      [['why', '9999'], 3, 'fill-unknown'],
      [['rearm', '--confirm', 'account', '--reason', 'x'], 2, 'input-invalid'],
      [['kill', '--level', 'halt', '--scope', 'strategy', '--reason', 'x'], 2, 'input-invalid'],
    ];
    for (const [args, code, failure] of refusals) {
      const { code: found, error } = await tell(...args);
      assert.deepEqual([found, error.code], [code, failure], args.join(' '));
    }
    assert.equal((await ok('status', 'ops')).sessions[0].running, true);
  });

  test('order with --post-only and --until -> rests until then; one that would take is rejected', async () => {
    const price = Number((await ok('fills', '--session', 'ops')).fills.at(-1).price);
    const limitAt = (share: number): readonly string[] => ['--limit', (price * share).toFixed(2), '--post-only'];
    const endsMs = Date.now() + 12_000;
    const ends = ['--until', new Date(endsMs).toISOString()];
    const resting = await ok('order', 'buy', 'BTCUSDT', '--qty', '0.01', ...limitAt(0.97), ...ends);
    const statusOf = async (order: string): Promise<string> => (await ok('order', 'show', order)).order.status;
    await until(
      'resting',
      () => statusOf(resting.order),
      (status) => status === 'open',
    );
    const taking = await ok('order', 'buy', 'BTCUSDT', '--qty', '0.01', ...limitAt(1.03));
    await until(
      'rejected',
      () => statusOf(taking.order),
      (status) => status === 'rejected',
    );
    await pause(endsMs - Date.now());
    await until(
      'over',
      () => statusOf(resting.order),
      (status) => status !== 'open',
    );
    assert.equal(await statusOf(resting.order), 'expired');
    assert.ok(Date.now() >= endsMs, 'not before its time');
  });

  test('pause, resume -> the strategy is held and goes on; both stand in the events with who and why', async () => {
    await ok('pause', '--reason', 'lunch');
    assert.deepEqual((await ok('status', 'ops')).book.paused, ['idle']);
    await ok('resume', 'ops');
    assert.deepEqual((await ok('status', 'ops')).book.paused, []);
    const { events } = await ok('events', '--limit', '1000');
    const stopped = events.filter((event: { type: string }) => event.type === 'strategy-stopped');
    assert.equal(stopped[0].data.reason, 'lunch');
  });

  test('--at, --follow -> the session as it stood, and what becomes new', async (t) => {
    const { events } = await ok('events', '--limit', '1000');
    const bought = events.find((event: { type: string }) => event.type === 'position-opened');
    const beforeIt = new Date(Date.parse(bought.time) - 60_000).toISOString();
    const then = await ok('positions', '--at', beforeIt);
    assert.deepEqual([then.positions, (await ok('fills', '--at', beforeIt)).fills], [[], []]);
    const child = scene.start(['events', '--follow', '--json'], env);
    t.after(() => void child.kill('SIGKILL'));
    const seen: { seq: number; type: string }[] = [];
    const lines = createInterface({ input: child.stdout! });
    const begun = once(lines, 'line');
    const resumed = new Promise<void>((resolve) => {
      lines.on('line', (line) => {
        seen.push(...(JSON.parse(line).events ?? []));
        const { seq, type } = seen.at(-1)!;
        if (seq > events.at(-1).seq && type === 'strategy-started') resolve();
      });
    });
    await begun;
    await ok('pause');
    await ok('resume');
    await resumed;
    assert.deepEqual(
      seen.slice(-2).map(({ type }) => type),
      ['strategy-stopped', 'strategy-started'],
    );
    for (const [i, { seq }] of seen.entries()) if (i > 0) assert.equal(seq, seen[i - 1]!.seq + 1, 'each once');
  });

  test('limits set -> in force at once, told with usage and who; what is laxer asks to be confirmed', async () => {
    const reason = ['--reason', 'a drill'];
    // Without a stop, which this market might reach meanwhile.
    const buy = ['order', 'buy', 'BTCUSDT', '--qty', '0.01'];
    await ok(...buy);
    const holds = ({ positions }: { positions: { quantity: string }[] }): boolean => positions.length > 0;
    await until('the position', () => ok('positions'), holds);
    const tried = await ok('limits', 'set', 'position-pct=0.01', ...reason, '--dry-run');
    assert.equal(tried.allowed, true);
    assert.equal(tried.would[0], 'set positionPct of account:paper:ops in session ops from 100 to 0.01');
    assert.ok(tried.would.some((each: string) => /^find positionPct of idle LOCAL:BTCUSDT above/.test(each)));
    const { data: laxer } = await tell('limits', 'set', 'position-pct=200', ...reason, '--dry-run');
    assert.deepEqual([laxer.allowed, laxer.refusal.code], [false, 'not-confirmed']);

    const set = await ok('limits', 'set', 'position-pct=0.01', ...reason);
    assert.deepEqual([set.place, set.sessions.length, set.sessions[0].outcome], ['account:paper:ops', 1, 'changed']);
    assert.deepEqual(set.sessions[0].changes, [{ limit: 'positionPct', before: 100, after: 0.01, isLooser: false }]);
    const [above] = set.sessions[0].above;
    assert.deepEqual([above.limit, above.of, above.headroom < 0], ['positionPct', 'idle LOCAL:BTCUSDT', true]);
    assert.ok(holds(await ok('positions')), 'nothing is closed by itself');
    assert.equal((await tell(...buy)).error.details['reason'], 'position-limit');

    const own = ['--scope', 'instrument', '--target', 'btcusdt', '--session', 'ops'];
    await ok('limits', 'set', 'orderTypes=market', ...own, ...reason);
    scene.write('mandate.json', '{ "dailyLossPct": 5 }');
    const file = ['limits', 'set', '--limits', 'mandate.json', ...reason];
    const unconfirmed = await tell(...file);
    assert.deepEqual([unconfirmed.code, unconfirmed.error.code], [2, 'not-confirmed']);
    assert.match(unconfirmed.error.hint, /--confirm account:paper:ops/);
    const whole = await ok(...file, '--confirm', 'account:paper:ops');
    assert.deepEqual(
      whole.sessions[0].changes.map((each: { limit: string; after: number }) => [each.limit, each.after]),
      [
        ['positionPct', 100],
        ['dailyLossPct', 5],
      ],
    );
    const shown = await ok('limits', 'show', 'ops');
    const lineOf = (limit: string) => shown.limits.find((each: { limit: string }) => each.limit === limit);
    assert.deepEqual([lineOf('dailyLossPct').value, lineOf('messageOrders').source], [5, 'default']);
    assert.match(lineOf('dailyLossPct').source, /^set by .*@/);
    assert.deepEqual(
      shown.own.map(({ of, limit, value }: { of: string; limit: string; value: unknown }) => [of, limit, value]),
      [['LOCAL:BTCUSDT', 'orderTypes', ['market']]],
    );
    assert.deepEqual(
      shown.changes.map((each: { of: string; reason: string }) => [each.of, each.reason]),
      [
        ['account', 'a drill'],
        ['LOCAL:BTCUSDT', 'a drill'],
        ['account', 'a drill'],
      ],
    );
    assert.ok(shown.usage.length > 12);
  });

  test('kill flatten -> verified: nothing is open, every order is refused, also after kill -9 and a new start', async () => {
    const killed = await ok('kill', '--level', 'flatten', '--reason', 'drill');
    assert.deepEqual([killed.verified, killed.latch.scope, killed.latch.level], [true, 'system', 'flatten']);
    assert.deepEqual(killed.sessions, [
      { session: 'ops', running: true, answered: true, ordersLeft: 0, positionsLeft: 0 },
    ]);
    assert.deepEqual([(await ok('positions')).positions, (await ok('orders')).orders], [[], []]);
    const told = await ok('why', 'last');
    assert.equal(told.signal.data.why, 'kill: drill');
    assert.equal((await tell('order', 'buy', 'BTCUSDT', '--qty', '0.01')).error.details['reason'], 'trading-halted');
    assert.equal((await tell('resume')).error.code, 'command-refused');
    await running.end();
    const away = await tell('order', 'buy', 'BTCUSDT', '--qty', '0.01');
    assert.deepEqual([away.code, away.error.code], [4, 'session-not-running']);
    const { sessions, latches } = await ok('status');
    assert.deepEqual([sessions[0].running, sessions[0].latched, sessions[0].positions], [false, 'flatten', 0]);
    assert.deepEqual([latches.length, latches[0].scope, latches[0].reason], [1, 'system', 'drill']);
    await start();
    assert.equal((await tell('order', 'buy', 'BTCUSDT', '--qty', '0.01')).error.details['reason'], 'trading-halted');
    assert.deepEqual((await ok('status', 'ops')).book.kills, [
      { scope: 'system', target: '', level: 'flatten', reason: 'drill' },
    ]);
  });

  test('rearm with the scope typed again -> free, and paused strategies run; stop -> ended, the journal whole', async () => {
    const refused = await tell('rearm', '--confirm', 'yes', '--reason', 'over');
    assert.deepEqual([refused.code, refused.error.details['expected']], [2, 'system']);
    const dayStart = async (): Promise<number> => (await ok('status', 'ops')).sessions[0].dayStartEquity;
    const began = await dayStart();
    const armed = await ok('rearm', '--confirm', 'system', '--reason', 'over');
    assert.equal(await dayStart(), began, 'what the day has lost is not forgotten, as its limit is');
    assert.deepEqual([armed.latch.level, armed.latch.epoch, armed.sessions[0].answered], [null, 1, true]);
    await ok('order', 'buy', 'BTCUSDT', '--qty', '0.01');
    await until(
      'the fill',
      () => ok('positions'),
      ({ positions }) => positions[0]?.quantity === '0.01',
    );
    assert.deepEqual((await ok('status', 'ops')).book.paused, []);
    await ok('stop', '--reason', 'end of the day');
    const { code, out } = await running.ended;
    assert.equal(code, 0);
    const end = JSON.parse(out.trim().split('\n').at(-1)!);
    assert.equal(end.data.session, 'ops');
    assert.equal((await ok('session', 'show', 'ops')).hashes.state, end.data.hashes.state);
    assert.equal((await ok('positions')).positions[0].quantity, '0.01', 'its position stays as it is');
  });

  test('killed while it does not run -> bites at its next start, before its first bar', async () => {
    const latched = await ok('kill', '--level', 'halt', '--session', 'ops', '--reason', 'overnight');
    assert.deepEqual([latched.verified, latched.latch.target], [true, 'paper:ops']);
    assert.equal(latched.sessions[0].running, false);
    await start();
    const { kills } = (await ok('status', 'ops')).book;
    assert.deepEqual(kills, [{ scope: 'account', target: '', level: 'halt', reason: 'overnight' }]);
    await ok(
      'rearm',
      '--session',
      'ops',
      '--confirm',
      'account:paper:ops',
      '--into',
      'reducing',
      '--reason',
      'morning',
    );
    assert.equal((await tell('order', 'buy', 'BTCUSDT', '--qty', '0.01')).error.details['reason'], 'reduce-only-state');
    await ok('order', 'sell', 'BTCUSDT', '--qty', '0.01', '--reduce-only');
  });
});
