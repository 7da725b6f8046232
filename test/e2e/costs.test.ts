import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { after, describe, test } from 'node:test';
import type { Failure } from '../../src/api/failures.ts';
import { failureOf } from '../../src/api/handlers/failure-of.ts';
import { execute } from '../../src/api/handlers/handlers.ts';
import { parseCommandLine } from '../../src/cli/parse.ts';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import type { Report } from '../../src/core/report/report.ts';
import { Scene, strategyFile, waveCsv } from './command-line.ts';

const scene = new Scene();
after(() => scene.remove());
/** Absolute, as everything here runs in this process. */
const write = (name: string, text: string): string => scene.path(scene.write(name, text));
const wave = write('WAVE-USD.csv', waveCsv(300));
const HOUR_MS = 3_600_000;
const START_MS = 1_704_067_200_000;
/** Buys one, holds it over 60 bars, sells it, and again. */
const turning = write(
  'turning.ts',
  strategyFile(
    'turning',
    "const n = c.data.main.index; if (n % 100 === 20) c.buy({ size: { qty: 1 }, why: 'in' }); if (n % 100 === 80) c.position.close('out');",
  ),
);

/** Runs a backtest in this process and reads the report that it wrote. */
const report = (...flags: readonly string[]): Promise<Report> => reportOf(turning, '--data', wave, ...flags);

async function reportOf(strategy: string | null, ...flags: readonly string[]): Promise<Report> {
  const named = strategy === null ? [] : [strategy];
  const args = ['backtest', ...named, '--no-checks', '--no-interval', '--report', 'json', ...flags];
  const call = { progress: () => true, warn() {}, update() {}, stop: new AbortController().signal };
  const world = compose(readConfig({ home: scene.path('.tradewright') }, {}, scene.folder));
  const { id, given } = parseCommandLine(args, false);
  const summary = (await execute(id, given, world, call)) as { files: readonly { path: string }[] };
  return JSON.parse(readFileSync(resolve(scene.folder, summary.files[0]!.path), 'utf8')) as Report;
}

async function refused(message: RegExp, ...flags: readonly string[]): Promise<void> {
  let failure: Failure;
  try {
    await report(...flags);
  } catch (error) {
    failure = failureOf(error);
    assert.match(failure.message, message);
    assert.ok(failure.hint.length > 5, 'a hint');
    return;
  }
  assert.fail(`${flags.join(' ')} was not refused`);
}

const convention = (r: Report, label: string): readonly string[] =>
  r.conventions.filter((line) => line.label === label).map((line) => line.value);
const cost = (r: Report, label: string): number => r.costs.find((line) => line.label === label)?.amount ?? Number.NaN;

describe('fees from the command line', () => {
  const tiers = [
    { from: 0, maker: '0.1%', taker: '0.1%' },
    { from: 150, maker: '4bps', taker: 0.0005 },
  ];
  const schedule = write('fees.json', JSON.stringify({ tiers }));

  // 100 hours are more than four days: the first round trip, about 200, is counted when the second one comes.
  test('--fee-schedule -> the tier of earlier days, in conventions and fills', async () => {
    const r = await report('--fee-schedule', schedule);
    const rates = r.fills.map((f) => Number(f.fee) / (Number(f.price) * Number(f.quantity)));
    assert.deepEqual(
      rates.map((rate) => rate.toFixed(5)),
      ['0.00100', '0.00100', '0.00050', '0.00050', '0.00050', '0.00050'],
    );
    assert.deepEqual(convention(r, 'fee tier'), ['from 150 USD traded in 30 UTC days: maker 0.04 %, taker 0.05 %']);
  });

  test('--fee-asset base -> buys pay in what they buy; conventions, fills, costs and dust say so', async () => {
    const r = await report('--fee-asset', 'base', '--lot', '0.01');
    assert.deepEqual([...new Set(r.fills.map((f) => `${f.side} ${f.feeAsset}`))], ['buy WAVE', 'sell USD']);
    assert.deepEqual(
      r.fills.map((f) => f.quantity),
      ['1', '0.99', '1', '1', '1', '1'],
    );
    assert.match(convention(r, 'fees paid in')[0]!, /^the asset bought/);
    assert.ok(cost(r, 'fees in WAVE') < 0 && cost(r, 'fees in USD') < 0);
    // Three buys of 1 leave 3 × 0.999 = 2.997, sold as 0.99 + 1 (0.009 carried over make 1.008) + 1.
    assert.match(r.checks.find((c) => c.name === 'dust')!.text, /^0\.007 WAVE \(/);
  });

  test('--fee-asset with price, balance and discount -> paid from it, then in quote', async () => {
    const r = await report('--fee-asset', 'COIN,price=50,balance=0.004,discount=25%');
    assert.deepEqual(r.fills.map((f) => f.feeAsset).slice(0, 4), ['COIN', 'COIN', 'USD', 'USD']);
    assert.match(convention(r, 'fees paid in')[0]!, /^COIN: 0\.004 .* at 50 each.*25 % cheaper/);
  });

  test('bad schedules and assets -> refused with the place', async () => {
    const file = (name: string, json: unknown): string => write(name, JSON.stringify(json));
    await refused(/there is no file nowhere\.json/, '--fee-schedule', 'nowhere.json');
    await refused(/a\.json: .*tiers/, '--fee-schedule', file('a.json', {}));
    await refused(
      /b\.json: tiers: expected the first tier to be from 0/,
      '--fee-schedule',
      file('b.json', { tiers: [{ ...tiers[0], from: 5 }] }),
    );
    await refused(
      /c\.json: tiers: expected tiers from less to more/,
      '--fee-schedule',
      file('c.json', { tiers: [tiers[0], tiers[0]] }),
    );
    await refused(
      /d\.json: tiers\.0\.taker: expected a rate/,
      '--fee-schedule',
      file('d.json', { tiers: [{ ...tiers[0], taker: '80%' }] }),
    );
    await refused(/e\.json: rebate: /, '--fee-schedule', file('e.json', { tiers, rebate: 1 }));
    await refused(/either --fee or --fee-schedule/, '--fee-schedule', schedule, '--fee', '0.2%');
    await refused(/fee-?asset.*expected quote, base/i, '--fee-asset', 'BNB');
    await refused(/expected quote, base/, '--fee-asset', 'BNB,price=0,balance=1');
    await refused(/expected quote, base/, '--fee-asset', 'BNB,price=1,balance=1,discount=100%');
    await refused(/WAVE is what FILE:WAVE-USD trades/, '--fee-asset', 'WAVE,price=1,balance=1');
    await refused(/cost more than the capital/, '--fee-asset', 'BNB,price=600,balance=1000');
    await refused(/need a cash account/, '--fee-asset', 'base', '--account', 'margin');
  });
});

describe('delay, volume, impact and funding from the command line', () => {
  test('--latency -> fills later within their bar, said in the conventions', async () => {
    const [at, late, drawn] = [
      await report(),
      await report('--latency', '600000'),
      await report('--latency', '600000±300000'),
    ];
    assert.equal(late.fills[0]!.timeMs - at.fills[0]!.timeMs, 600_000);
    const delay = drawn.fills[0]!.timeMs - at.fills[0]!.timeMs;
    assert.ok(delay >= 300_000 && delay < 900_000 && delay !== 600_000, `${delay}`);
    assert.deepEqual(convention(late, 'latency of orders'), ['600000 ms']);
    assert.deepEqual(convention(drawn, 'latency of orders'), ['300000 to 900000 ms, drawn from the seed']);
    assert.deepEqual(convention(at, 'latency of orders'), []);
  });

  // A bar has 1.2345: 10 % of it are 0.123 in steps of 0.001, so that 1 takes nine bars.
  test('--participation -> an order fills over several bars', async () => {
    const r = await report('--participation', '10%', '--lot', '0.001');
    assert.deepEqual(
      r.fills.slice(0, 9).map((f) => f.quantity),
      [...Array.from({ length: 8 }, () => '0.123'), '0.016'],
    );
    assert.equal(r.fills[8]!.timeMs - r.fills[0]!.timeMs, 8 * HOUR_MS);
    assert.match(convention(r, 'participation')[0]!, /^at most 10 %/);
  });

  // √(1 / 1.2345) × 1 % = 0.900 %.
  test('--slippage sqrt:1% -> the square root of the share of the bar', async () => {
    const plain = await report('--slippage', 'none');
    const r = await report('--slippage', 'sqrt:1%');
    const slipped = Number(r.fills[0]!.price) / Number(plain.fills[0]!.price) - 1;
    assert.ok(Math.abs(slipped - 0.009) < 0.0002, `${slipped}`);
    const linear = await report('--slippage', 'linear:1%');
    assert.ok(Math.abs(Number(linear.fills[0]!.price) / Number(plain.fills[0]!.price) - 1 - 0.0081) < 0.0002);
    assert.deepEqual(convention(r, 'slippage'), ['1 % × √(order ÷ volume of its bar)']);
  });

  test('--funding -> paid at its times on the open position, as a perpetual', async () => {
    const rows = Array.from({ length: 37 }, (_, k) => `${START_MS + k * 8 * HOUR_MS},0.001`);
    const file = write('funding.csv', `time,rate\n${rows.join('\n')}\n`);
    const r = await report('--account', 'margin', '--funding', file);
    // Held from hour 21 to 81, 121 to 181 and 221 to 281, and charged on the price at which the bar of that hour opened.
    const opens = waveCsv(300)
      .split('\n')
      .slice(1, -1)
      .map((row) => Number(row.split(',')[1]));
    const hours = rows.map((_, k) => k * 8).filter((hour) => hour > 20 && (hour - 21) % 100 < 60);
    assert.equal(hours.length, 23);
    const expected = hours.reduce((sum, hour) => sum - 0.001 * opens[hour]!, 0);
    assert.equal(cost(r, 'funding').toFixed(6), expected.toFixed(6));
    assert.match(convention(r, 'funding')[0]!, /^FILE:WAVE-USD: 37 recorded rates/);
    const iso = write('iso.csv', 'rate,time\n0.001,2024-01-02T00:00:00Z\n');
    const once = await report('--account', 'margin', '--funding', iso);
    assert.equal(cost(once, 'funding').toFixed(6), (-0.001 * opens[24]!).toFixed(6));
  });

  test('--expiry -> settled then, for the fee and without slippage, and nothing is bought any more', async () => {
    // Bought at hour 21 and 121; hour 150 is within the second.
    const expiryMs = START_MS + 150 * HOUR_MS;
    const r = await report('--expiry', new Date(expiryMs).toISOString());
    const last = r.fills.at(-1)!;
    const close = waveCsv(300).split('\n')[150]!.split(',')[4]!;
    assert.deepEqual([last.role, last.timeMs, Number(last.price)], ['settlement', expiryMs, Number(close)]);
    assert.match(convention(r, 'expiry')[0]!, /^FILE:WAVE-USD: 2024-01-07T06:00:00Z; /);
    assert.equal(r.checks.find(({ name }) => name === 'settlement')?.status, 'passed');
    const never = await report('--expiry', 'never');
    assert.deepEqual(never.fills, (await report()).fills);
  });

  test('--expiry that cannot be -> refused', async () => {
    await refused(/expiry: 2 times for 1 instrument/, '--expiry', '2024-01-03', '--expiry', 'never');
    await refused(/expires at 2023-12-31T00:00:00Z, before its first bar at/, '--expiry', '2023-12-31');
    await refused(/expiry.*expected/, '--expiry', 'soon');
    const stock = write('SPY.csv', waveCsv(30));
    await refused(/is a share/, '--data', stock, '--expiry', 'never', '--expiry', '2024-01-02');
    const funding = write('f.csv', 'time,rate\n2024-01-02,0.001\n');
    await refused(/is a perpetual/, '--account', 'margin', '--funding', funding, '--expiry', '2024-01-03');
  });

  test('bad values -> refused', async () => {
    for (const latency of ['-5', '5±6', 'fast', '1e9', '90000000'])
      await refused(/latency.*milliseconds/, `--latency=${latency}`);
    for (const share of ['0', '0%', '101%', '10', '-5%'])
      await refused(/participation.*share/, `--participation=${share}`);
    for (const slippage of ['sqrt:5', 'cube:5bps', 'sqrt:', 'linear:200%', 'sqrt:0bps'])
      await refused(/slippage.*expected the impact/, '--slippage', slippage);
    const margin = (name: string, text: string): string[] => ['--account', 'margin', '--funding', write(name, text)];
    await refused(/only a margin account/, '--funding', write('ok.csv', 'time,rate\n2024-01-02,0.001\n'));
    await refused(
      /2 files for 1 instrument/,
      ...margin('ok.csv', 'time,rate\n2024-01-02,0.001\n'),
      '--funding',
      'ok.csv',
    );
    await refused(/there is no file none\.csv/, '--account', 'margin', '--funding', 'none.csv');
    await refused(
      /w\.csv:1: expected the columns time and rate, found when \| rate/,
      ...margin('w.csv', 'when,rate\n1,2\n'),
    );
    await refused(
      /x\.csv:3: expected a time after/,
      ...margin('x.csv', 'time,rate\n2024-01-02,0.001\n2024-01-01,0.001\n'),
    );
    await refused(/y\.csv:2: expected a rate as a fraction/, ...margin('y.csv', 'time,rate\n2024-01-02,1\n'));
    await refused(/z\.csv: no rates/, ...margin('z.csv', 'time,rate\n'));
    const stock = write('SPY.csv', waveCsv(30));
    await refused(
      /is no perpetual/,
      ...margin('ok.csv', 'time,rate\n2024-01-02,0.001\n'),
      '--data',
      stock,
      '--funding',
      'ok.csv',
    );
  });
});

describe('interest on what is borrowed', () => {
  // 120 hours at 100.
  const rows = Array.from({ length: 120 }, (_, i) => `${START_MS + i * HOUR_MS},100,100,100,100,5`);
  const flat = write('FLAT-USD.csv', `ts,open,high,low,close,volume\n${rows.join('\n')}\n`);
  const short = write(
    'short.ts',
    strategyFile(
      'short',
      "const n = c.data.main.index; if (n === 20) c.sell({ size: { qty: 1 }, why: 'in' }); if (n === 80) c.position.close('out');",
    ),
  );
  // A 24th of it is 0.01 % for each hour.
  const terms = ['--leverage', '3', '--cash', '60', '--interest', '0.24%', '--fee', '0', '--slippage', 'none'];
  const on = (strategy: string, ...more: readonly string[]): Promise<Report> =>
    reportOf(strategy, '--data', flat, ...terms, ...more);
  const borrowCost = (r: Report): unknown => r.metrics.find((m) => m.name === 'borrowCost')?.value;

  // Bought for 100 at an open with 60: 40 are borrowed. Sold at an open 60 hours later; each hour's interest is borrowed, too:
  // 40 × (1.0001^60 − 1) = 0.24070937, each of 60 charges rounded up to 1e-8.
  test('a long held for 60 hours -> what it is beyond the cash, compounded by hand; costs, trade, equity, conventions', async () => {
    const r = await on(turning);
    const expected = 40 * (1.0001 ** 60 - 1);
    assert.ok(Math.abs(expected - 0.24070937) < 1e-8);
    const paid = -cost(r, 'interest');
    assert.ok(paid >= expected - 1e-9 && paid <= expected + 60e-8, `${paid}`);
    assert.equal(cost(r, 'funding'), 0);
    assert.ok(Math.abs(cost(r, 'gross profit')) < 1e-9);
    assert.ok(Math.abs(cost(r, 'net profit') + paid) < 1e-9);
    assert.ok(Math.abs(Number(borrowCost(r)) - paid) < 1e-9);
    assert.equal(r.trades.length, 1);
    assert.ok(Math.abs(r.trades[0]!.profit + paid) < 1e-9 && Math.abs(r.trades[0]!.funding! + paid) < 1e-9);
    assert.deepEqual(convention(r, 'interest'), ['0.24 % a day on what is borrowed, by the hour at the open of bars']);
  });

  test('a short of 100 held for 60 hours -> 60 × 0.01; on bars of 4 hours the same', async () => {
    const r = await on(short);
    assert.ok(Math.abs(cost(r, 'interest') + 0.6) < 1e-9, `${cost(r, 'interest')}`);
    const four = strategyFile(
      'four',
      "const n = c.data.main.index; if (n === 4) c.sell({ size: { qty: 1 }, why: 'in' }); if (n === 19) c.position.close('out');",
    );
    const coarse = rows.filter((_, i) => i % 4 === 0).join('\n');
    const file = write('FOUR-USD.csv', `ts,open,high,low,close,volume\n${coarse}\n`);
    const other = await reportOf(write('four.ts', four), '--data', file, '--timeframe', '4h', ...terms);
    assert.ok(Math.abs(cost(other, 'interest') + 0.6) < 1e-9, `${cost(other, 'interest')}`);
  });

  test('bought with cash that is there -> nothing; without the flag -> no line, and not measured', async () => {
    assert.equal(
      cost(await reportOf(turning, '--data', flat, '--leverage', '3', '--interest', '0.24%'), 'interest'),
      0,
    );
    const without = await reportOf(turning, '--data', flat, '--leverage', '3', '--cash', '60');
    assert.ok(without.costs.every((line) => line.label !== 'interest'));
    assert.equal(borrowCost(without), null);
  });

  test('bars are missing, as over a weekend -> their hours are charged all the same', async () => {
    const gap = rows.filter((_, i) => i < 30 || i >= 50);
    const file = write('GAP-USD.csv', `ts,open,high,low,close,volume\n${gap.join('\n')}\n`);
    const r = await reportOf(
      write(
        'gap.ts',
        strategyFile(
          'gap',
          "const n = c.data.main.index; if (n === 20) c.sell({ size: { qty: 1 }, why: 'in' }); if (n === 60) c.position.close('out');",
        ),
      ),
      ...['--data', file, ...terms],
    );
    // In at the open of hour 21; the 61st of the bars that are there is hour 81.
    assert.ok(Math.abs(cost(r, 'interest') + 0.6) < 1e-9, `${cost(r, 'interest')}`);
  });

  test('many charges on prices that move -> no rest of them in the funding', async () => {
    const r = await reportOf(turning, '--data', wave, '--leverage', '3', '--cash', '60', '--interest', '0.03%');
    assert.ok(cost(r, 'interest') < 0);
    assert.equal(cost(r, 'funding'), 0);
  });

  test('the run of a report, again -> with the same interest', async () => {
    const first = await on(short);
    const path = write('interest.json', JSON.stringify(first));
    const again = await reportOf(null, '--from-report', path);
    assert.equal(again.hashes.events, first.hashes.events);
    assert.equal(cost(again, 'interest'), cost(first, 'interest'));
  });

  test('cash accounts, contracts and rates beyond reason -> refused', async () => {
    await refused(/interest: only a margin account borrows/, '--interest', '0.03%');
    for (const rate of ['0', '-0.01%', '2%', 'much'])
      await refused(/interest.*expected a rate for a day/, '--account', 'margin', `--interest=${rate}`);
    const rates = write('rates.csv', `time,rate\n${START_MS + 8 * HOUR_MS},0.0001\n`);
    await refused(/only spot and shares/, '--account', 'margin', '--funding', rates, '--interest', '0.03%');
  });
});
