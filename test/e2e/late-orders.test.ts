import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { openLocalExchange } from '../../src/local-exchange/open.ts';
import { Scene, strategyFile, waveCsv } from './command-line.ts';

const scene = new Scene();
after(() => scene.remove());
const wave = scene.write('WAVE-USD.csv', waveCsv(300));

const BUY = "c.buy({ size: { qty: 0.01 }, why: 'late' })";
/** In an `async` function that is begun and not waited for. */
const begun = (body: string): string => `void (async () => { ${body} })();`;

/** Runs a strategy with this body of `onBar` in a command of its own. */
function outcomeOf(id: string, onBar: string, command: readonly string[], more = '') {
  scene.write(`${id}.ts`, strategyFile(id, onBar, more));
  return scene.json([command[0]!, `./${id}.ts`, '--data', wave, ...command.slice(1)]);
}

describe('what handlers begin and do not wait for', () => {
  const backtest = ['backtest', '--no-checks', '--no-interval'];
  for (const [what, body, call] of [
    ['an order in a promise', `void Promise.resolve().then(() => ${BUY});`, 'buy'],
    ['an order after an await', begun(`await null; await null; ${BUY};`), 'buy'],
    ['an order in a timer that a promise began', begun(`await null; setTimeout(() => ${BUY}, 0);`), 'buy'],
    ['an order in a microtask that a promise began', begun(`await null; queueMicrotask(() => ${BUY});`), 'buy'],
    ['a close whose error is caught', begun(`await null; try { c.position.close('x'); } catch {}`), 'position.close'],
    [
      'an alert whose error is thrown on',
      begun(`await null; try { c.alert('warn', 'x'); } catch (cause) { throw new Error('mine', { cause }); }`),
      'alert',
    ],
  ] as const)
    test(`${what} -> strategy-failed with the call, its line and what to do, exit 1`, async () => {
      const { code, body: told, err } = await outcomeOf('late', body, backtest);
      assert.equal(code, 1, err);
      const { error } = told;
      assert.equal(error.code, 'strategy-failed');
      assert.ok(
        error.message.startsWith(`strategy late: ${call}() was called while none of its handlers was running`),
        error.message,
      );
      assert.match(error.hint, /before the handler returns.*source.*onSource/);
      assert.deepEqual([error.details['strategy'], error.details['call'], error.details['line']], ['late', call, 10]);
    });

  test('more of them than one instant may have, with all checks -> the same, and the run counts as failed', async () => {
    const flood = `for (let i = 0; i < 20; i++) void Promise.resolve().then(() => ${BUY});`;
    const { code, body } = await outcomeOf('flood', flood, ['backtest']);
    assert.equal(code, 1);
    assert.equal(body.error.code, 'strategy-failed');
    assert.match(body.error.message, /^strategy flood: buy\(\) was called while none of its handlers was running/);
    const { data } = (await scene.json(['runs', 'show', 'last'])).body;
    assert.deepEqual([data.status, data.failure], ['failed', 'strategy-failed']);
  });

  test('state that is changed -> strategy-failed', async () => {
    const { code, body } = await outcomeOf(
      'forgetful',
      begun('await null; c.state.n++;'),
      backtest,
      'state: () => ({ n: 0 }),',
    );
    assert.equal(code, 1);
    assert.equal(body.error.code, 'strategy-failed');
    assert.match(body.error.message, /^strategy forgetful: state was changed while none of its handlers was running/);
  });

  test('a promise that is rejected, a timer that throws -> strategy-failed with the line', async () => {
    for (const body of [
      begun("await null; throw new Error('mine');"),
      begun("await null; setTimeout(() => { throw new Error('mine'); }, 0);"),
    ]) {
      const { code, body: told } = await outcomeOf('rejected', body, backtest);
      assert.equal(code, 1);
      assert.equal(told.error.code, 'strategy-failed');
      assert.match(
        told.error.message,
        /^strategy rejected: a promise or timer that a handler only began threw Error: mine/,
      );
      assert.equal(told.error.details['line'], 10);
    }
  });

  test('a promise that is rejected with what is no error -> strategy-failed with it', async () => {
    const { code, body } = await outcomeOf('rejected', begun("await null; throw 'text';"), backtest);
    assert.deepEqual([code, body.error.code], [1, 'strategy-failed']);
    assert.match(body.error.message, /^strategy rejected: a promise or timer that a handler only began threw text$/);
  });

  test('a timer that throws while the run is written down -> whatever comes first, and no fault of the program', async () => {
    for (const ms of [5, 20, 40]) {
      const body = begun(`await null; setTimeout(() => { throw new Error('mine'); }, ${ms});`);
      const { code, body: told, err } = await outcomeOf('rejected', body, ['backtest', '--no-checks']);
      assert.deepEqual([code, told.error?.code], code === 0 ? [0, undefined] : [1, 'strategy-failed'], err);
    }
    assert.ok(!existsSync(scene.path('.tradewright/faults')), 'no report of a fault');
  });

  test('a promise that asks for nothing -> the run is as without it', async () => {
    const trade = "if (c.data.main.index === 50) c.buy({ size: { pctEquity: 0.5 }, why: 'once' });";
    const plain = await outcomeOf('talks', trade, backtest);
    const talking = await outcomeOf(
      'talks',
      `${trade} ${begun('await null; console.log(c.price, c.position.qty);')}`,
      backtest,
    );
    assert.deepEqual([plain.code, talking.code], [0, 0]);
    assert.deepEqual(talking.body.data.hashes.events, plain.body.data.hashes.events);
    assert.equal(plain.body.data.fills, 1);
  });

  test('check -> fails alike, in one process and with a second', async () => {
    for (const more of [['--in-process'], []]) {
      const { code, body } = await outcomeOf('late', `void Promise.resolve().then(() => ${BUY});`, ['check', ...more]);
      assert.equal(code, 1);
      assert.equal(body.error.code, 'strategy-failed');
      assert.match(body.error.message, /^strategy late: buy\(\) was called/);
    }
  });
});

describe('a paper session whose strategy acts late', async () => {
  // Real time, a market that runs sixty times as fast, and bars of a second.
  const exchange = await openLocalExchange({
    market: { kind: 'synthetic', speed: 60, tradesEachBar: 40 },
    limits: 'none',
  });
  after(() => exchange.close());
  const env = { TRADEWRIGHT_LOCAL: exchange.urls.spot!.rest };

  /** A session to its end of a strategy that buys and then acts late: what it bought and its stop are still there. Answers what was told. */
  const traded = async (id: string, session: string, onBar: string) => {
    scene.write(`${id}.ts`, strategyFile(id, onBar));
    const args = ['paper', `./${id}.ts`, '--venue', 'local', '--symbols', 'BTCUSDT', '--timeframe', '1s'];
    const ran = await scene.json([...args, '--param', 'length=2', '--session', session, '--seconds', '7'], env);
    assert.equal(ran.code, 0, `${JSON.stringify(ran.body.error)} ${ran.err}`);
    const { data } = ran.body;
    assert.deepEqual(
      [data.positions.length, data.openOrders.map((order: { role: string }) => order.role)],
      [1, ['stop']],
    );
    return data;
  };

  test('a promise that is rejected, again and again -> the strategy is stopped and told, the session runs to its end and is replayed alike', async () => {
    const body = `
    if (!c.position.isOpen) c.buy({ size: { pctEquity: 0.1 }, stop: { pct: 0.5 }, why: 'flat' });
    else for (const reason of ['text', new RangeError('the promise')]) void (async () => { await null; setTimeout(() => { throw new RangeError('the timer'); }, 0); throw reason; })();`;
    const data = await traded('hopeful', 'hopeful', body);
    assert.equal(data.failure, 'strategy hopeful: a promise or timer that a handler only began threw text');
    const again = (await scene.json(['replay', 'hopeful'], env)).body.data;
    assert.deepEqual([again.hashes, again.eventsVerified], [data.hashes, true]);
  });

  test('stopped and told, its position protected, the session runs to its end; replayed alike, and not with other parameters', async () => {
    // Orders pass once its indicators have settled; then it holds with a far stop, and acts late in a promise, in a timer, and in what nobody catches.
    const body = `
    if (!c.position.isOpen) c.buy({ size: { pctEquity: 0.1 }, stop: { pct: 0.5 }, why: 'flat' });
    else void (async () => { await null; setTimeout(() => c.log('later'), 0); queueMicrotask(() => c.cancelAll('x')); c.position.close('late'); })();`;
    const data = await traded('patient', 'late', body);
    assert.match(
      data.failure,
      /^strategy patient: (position\.close|cancelAll)\(\) was called while none of its handlers was running/,
    );
    const { events } = (await scene.json(['events', '--session', 'late', '--limit', '1000'], env)).body.data;
    const failures = events.filter((event: { type: string }) => event.type === 'strategy-failed');
    assert.equal(failures.length, 1, JSON.stringify(failures));
    const again = (await scene.json(['replay', 'late'], env)).body.data;
    assert.deepEqual([again.hashes, again.eventsVerified], [data.hashes, true]);
    // Its market for other code is no run that nobody looks at.
    const fork = await scene.json(['replay', 'late', '--param', 'length=3'], env);
    assert.equal(fork.code, 1);
    assert.equal(fork.body.error.code, 'strategy-failed');
    // What the old code did too late does not stop the one that is mended.
    scene.write(
      'mended.ts',
      strategyFile(
        'patient',
        "if (c.position.isOpen) c.position.close('in time'); else c.buy({ size: { pctEquity: 0.1 }, why: 'flat' });",
      ),
    );
    const mended = await scene.json(['replay', 'late', '--strategy', './mended.ts'], env);
    assert.equal(mended.code, 0, JSON.stringify(mended.body.error));
    assert.ok(mended.body.data.fork.fork.fills > 2, JSON.stringify(mended.body.data.fork));
  });
});
