import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { Scene, strategyFile } from './command-line.ts';
import { openFastExchange } from './fast-exchange.ts';

const scene = new Scene();
after(() => scene.remove());
const exchange = await openFastExchange();
after(() => exchange.close());
const { env } = exchange;
const CODE =
  "if (c.position.isOpen) c.position.close('held for a bar'); else c.buy({ size: { pctEquity: 0.1 }, why: 'flat' });";
scene.write('restless.ts', strategyFile('restless', CODE));

/** A session of a few bars of a second, with 200 ms between it and the market. */
const recorded = await scene.json(
  [
    ...['paper', './restless.ts', '--venue', 'local', '--symbols', 'BTCUSDT', '--timeframe', '1s', '--seconds', '4'],
    ...['--param', 'length=2', '--session', 's', '--latency', '200'],
  ],
  env,
);
const run = (...args: readonly string[]) => scene.json(args, env);

const amounts = (body: { readonly data: { readonly causes: readonly { cause: string; amount: string }[] } }) =>
  Object.fromEntries(body.data.causes.map(({ cause, amount }) => [cause, Number(amount)])) as Record<string, number>;

describe('parity and replay of a session', () => {
  test('by its own model -> holds, no gap, every trade kept', async () => {
    assert.equal(recorded.code, 0, JSON.stringify(recorded.body.error));
    assert.ok(recorded.body.data.fills >= 2, `${recorded.body.data.fills} fills`);
    const { code, body } = await run('parity', 's');
    assert.equal(code, 0, JSON.stringify(body));
    assert.deepEqual(body.data.gate.because, []);
    assert.equal(body.data.profit.gap, '0');
    assert.equal(body.data.tradesKept, 'all');
    assert.equal(body.data.decisions.same, body.data.decisions.recorded);
    assert.equal(body.data.divergence, null);
    assert.equal(body.data.hashes.events, recorded.body.data.hashes.events);
  });

  test('certified -> evidence for its strategy, once; beside a model or a tolerance that was chosen -> nothing', async () => {
    for (const more of [[], ['--latency', '0', '--tolerance', '0'], ['--tolerance', '50%']])
      await run('parity', 's', ...more);
    const { body } = await run('strategy', 'show', 'restless');
    const [candidate] = body.data.candidates;
    const kinds = candidate.evidence.map((each: { readonly kind: string; readonly passed: boolean }) => [
      each.kind,
      each.passed,
    ]);
    assert.deepEqual(
      kinds.filter(([kind]: readonly [string, boolean]) => kind === 'parity'),
      [['parity', true]],
    );
    assert.deepEqual(candidate.breaches, []);
  });

  test('by a model without latency, slippage or with half the fee -> each its part of the gap, exit code 10 beyond the tolerance', async () => {
    const { code, body } = await run('parity', 's', '--latency', '0', '--tolerance', '0');
    assert.equal(code, 10);
    assert.equal(body.ok, true);
    const late = amounts(body);
    assert.ok(Math.abs(late['latency']!) > 0);
    assert.equal(late['latency'], Number(body.data.profit.gap));
    // The last one may still be on its way.
    for (const order of body.data.orders)
      if (order.laterMs !== null) assert.ok(order.laterMs > 150 && order.laterMs < 260, JSON.stringify(order));

    const both = await run('parity', 's', '--slippage', 'none', '--fee', '0.05%');
    assert.equal(both.code, 0);
    const { slippage, fees, unexplained, latency } = amounts(both.body);
    const { data } = recorded.body;
    const ticks = data.lastFills.reduce((sum: number, fill: { quantity: string }) => sum + Number(fill.quantity), 0);
    assert.ok(Math.abs(slippage! + ticks * 0.01) < 0.05 * ticks * 0.01, `slippage ${slippage} of ${ticks * 0.01}`);
    assert.ok(Math.abs(fees! + data.fees / 2) < 0.05 * data.fees, `fees ${fees} of ${data.fees / 2}`);
    assert.equal(unexplained, 0);
    assert.equal(latency, 0);
  });

  test('bars are given, one of them otherwise -> named, beside the venue’s own, which are the session’s', async () => {
    const { data } = (await run('replay', 's')).body;
    const toMs = Date.parse(data.moment.time);
    const url = `${env.TRADEWRIGHT_LOCAL}/api/v3/klines?symbol=BTCUSDT&interval=1s&limit=1000&startTime=${toMs - 60_000}&endTime=${toMs}`;
    const klines = (await (await fetch(url)).json()) as readonly (readonly [number, ...string[]])[];
    const rows = klines.map(([openMs, open, high, low, close, volume]) => [openMs, open, high, low, close, volume]);
    const write = (name: string): string =>
      scene.write(name, ['ts,open,high,low,close,volume', ...rows.map((row) => row.join(','))].join('\n'));
    const same = await run('parity', 's', '--data', write('bars.csv'));
    assert.equal(same.code, 0, JSON.stringify(same.body));
    assert.deepEqual([same.body.data.data.reference, same.body.data.data.faults], ['given', []]);
    const [openMs] = rows.findLast(([ms]) => Number(ms) + 1_000 <= toMs)!;
    for (const row of rows) if (row[0] === openMs) row[5] = String(Number(row[5]) + 1);
    const { body } = await run('parity', 's', '--data', write('other.csv'));
    assert.equal(body.data.data.different, 1);
    assert.deepEqual(body.data.data.faults, [
      { symbol: 'BTCUSDT', time: new Date(Number(openMs)).toISOString().replace('.000Z', 'Z'), what: 'different' },
    ]);
    const unknown = await run('parity', 's', '--data', 'nothing.csv');
    assert.equal(unknown.code, 3);
  });

  test('replay: whole -> the hash of the session, states and events verified', async () => {
    const { code, body, updates } = await run('replay', 's');
    assert.equal(code, 0);
    assert.deepEqual(body.data.hashes, recorded.body.data.hashes);
    assert.equal(body.data.eventsVerified, true);
    assert.ok(body.data.statesVerified >= 1);
    assert.equal(updates.length, 0);
  });

  test('replay: --at and --step -> the state there, and what happened from there on, in order', async () => {
    const { body, updates } = await run('replay', 's', '--at', '0', '--step', '2');
    assert.equal(body.data.steps.length, 2);
    assert.equal(updates.length, 2);
    const [first, second] = body.data.steps;
    assert.ok(first.time < second.time);
    assert.equal(first.indicators[0].name, 'average');
    assert.ok(second.happened.length > 0);
    const past = await run('replay', 's', '--at', '2100-01-01');
    assert.equal(past.code, 2);
    assert.match(past.body.error.message, /never comes there/);
  });

  test('replay: --param -> a fork beside the original, first decision that differs', async () => {
    const { body } = await run('replay', 's', '--param', 'length=3');
    const { fork } = body.data;
    assert.deepEqual(fork.params, { length: 3 });
    assert.equal(fork.original.fills, recorded.body.data.fills);
    // The venue may have had history enough for both; the code decides by its position alone.
    if (fork.difference !== null) assert.equal(fork.difference.fork.refused, 'warming-up');
    assert.equal(typeof fork.fork.profit, 'number');
  });

  test('replay: --events and --diff -> the same lines, and the first that another code writes', async () => {
    const written = await run('replay', 's', '--events', 'events.jsonl');
    const lines = readFileSync(scene.path('events.jsonl'), 'utf8').trimEnd().split('\n');
    assert.equal(lines.length, written.body.data.events);
    // It may be what another version wrote, kept to be compared.
    const again = await run('replay', 's', '--events', 'events.jsonl');
    assert.equal(again.body.error.code, 'file-exists');
    assert.equal((await run('replay', 's', '--events', 'events.jsonl', '--force')).code, 0);
    const same = await run('replay', 's', '--diff', 'events.jsonl');
    assert.deepEqual(same.body.data.diff, {
      against: 'events.jsonl',
      same: true,
      event: null,
      session: null,
      other: null,
    });
    const flat = lines.findIndex((line) => line.includes('"flat"'));
    lines[flat] = lines[flat]!.replace('"flat"', '"round"');
    scene.write('other.jsonl', lines.join('\n'));
    const { body } = await run('replay', 's', '--diff', 'other.jsonl');
    assert.equal(body.data.diff.event, flat);
    assert.match(body.data.diff.session, /"flat"/);
    assert.match(body.data.diff.other, /"round"/);
  });

  test('code changed since, and not kept -> refused; --strategy forks with other code', async () => {
    scene.write(
      'patient.ts',
      strategyFile('patient', "if (!c.position.isOpen) c.buy({ size: { pctEquity: 0.1 }, why: 'flat' });"),
    );
    const { body } = await run('replay', 's', '--strategy', './patient.ts', '--param', 'length=2');
    assert.equal(body.data.fork.strategy, 'patient');
    assert.ok(body.data.fork.fork.fills < body.data.fork.original.fills);
    scene.write('restless.ts', strategyFile('restless', "c.log('changed');"));
    assert.equal((await run('replay', 's')).code, 0, 'with the code that was kept');
    rmSync(scene.path('.tradewright/code'), { recursive: true });
    const refused = await run('replay', 's');
    assert.equal(refused.code, 4);
    assert.equal(refused.body.error.code, 'session-different');
  });
});
