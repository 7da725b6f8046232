import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { execute } from '../../src/api/handlers/handlers.ts';
import type { Output } from '../../src/api/operations/table.ts';
import type { World } from '../../src/api/world.ts';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import { findIndicator } from '../../src/core/indicators/catalogue.ts';
import { compute } from '../../src/core/indicators/run.ts';
import { JournaledSession } from './journaled-session.ts';

const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2026, 2, 1);

describe('bars for charts', () => {
  let home: string;
  let world: World;
  let session: JournaledSession;
  const ending = new AbortController();
  const updates: Output<'session-bars'>[] = [];
  let wake = (): void => {};
  const call = {
    progress: () => true,
    warn() {},
    stop: ending.signal,
    update(update: unknown) {
      updates.push(update as never);
      wake();
    },
  };
  const chart = (given: object): Promise<Output<'session-bars'>> =>
    execute('session-bars', given as never, world, call) as never;
  const stored = (given: object): Promise<Output<'data-bars'>> =>
    execute('data-bars', { venue: 'SYNTH', symbol: 'ALPHA-USD', ...given } as never, world, call) as never;

  before(async () => {
    home = mkdtempSync(join(tmpdir(), 'tradewright-charts-'));
    world = compose(readConfig({ home }, {}, home));
    session = await JournaledSession.begin(world, 'chart', 'sma-cross', { fast: 3, slow: 7 });
    await session.minutes(130);
    await execute('data-generate', { from: '2024-01-01', to: '2024-03-01' }, world, call);
  });
  after(async () => {
    await session.close();
    await world.close();
    rmSync(home, { recursive: true, force: true });
  });

  test('of a session, in pages -> all of its bars once, indicators as over the whole', async () => {
    const whole = await chart({ session: 'chart', indicator: ['ema:length=20', 'bollinger-bands:length=5'] });
    assert.equal(whole.bars.time.length, 130);
    assert.equal(whole.cursor, null);
    assert.equal(whole.tick, '0.01');
    const closes = Float64Array.from(whole.bars.close);
    const expected = compute(findIndicator('ema')!, [closes], { length: 20 } as never) as Record<string, Float64Array>;
    const [ema, bands] = whole.indicators;
    assert.deepEqual(
      ema!.lines[0]!.values,
      Array.from(Object.values(expected)[0]!, (value) => (Number.isNaN(value) ? null : value)),
    );
    assert.equal(ema!.lines[0]!.values.filter((value) => value === null).length, 19);
    assert.ok(bands!.lines.length >= 3);
    let { cursor, ...page } = await chart({ session: 'chart', limit: 50, indicator: ['ema:length=20'] });
    const times = [...page.bars.time];
    const values = [...page.indicators[0]!.lines[0]!.values];
    while (cursor !== null) {
      ({ cursor, ...page } = await chart({ session: 'chart', limit: 50, cursor, indicator: ['ema:length=20'] }));
      times.unshift(...page.bars.time);
      values.unshift(...page.indicators[0]!.lines[0]!.values);
    }
    assert.deepEqual([times, values], [whole.bars.time, ema!.lines[0]!.values]);
  });

  test('of a session, wider -> rolled up, with the bar that is not over', async () => {
    const { bars, forming, timeframe } = await chart({ session: 'chart', timeframe: '1h' });
    assert.deepEqual([timeframe, bars.time.length], ['1h', 2]);
    const minutes = await chart({ session: 'chart' });
    assert.equal(bars.high[1], Math.max(...minutes.bars.high.slice(60, 120)));
    assert.equal(new Date(forming!.time).getTime(), START_MS + 120 * MINUTE_MS);
    assert.equal(forming!.close, minutes.bars.close.at(-1));
    const then = new Date(START_MS + 90 * MINUTE_MS).toISOString();
    assert.equal((await chart({ session: 'chart', at: then })).bars.time.length, 90);
  });

  test('of a session, followed -> each bar once, whatever the limit', async () => {
    updates.length = 0;
    const ended = chart({ session: 'chart', limit: 10, follow: true, indicator: ['sma:length=4'] });
    const rows = (): number => updates.reduce((sum, { bars }) => sum + bars.time.length, 0);
    const until = async (count: number): Promise<void> => {
      while (rows() < count) await new Promise<void>((resolve) => (wake = resolve));
    };
    await until(10);
    await session.minutes(40);
    await until(50);
    ending.abort();
    await ended;
    const times = updates.flatMap(({ bars }) => bars.time.map((time) => new Date(time).getTime()));
    assert.deepEqual(
      times,
      Array.from({ length: 50 }, (_, k) => START_MS + (120 + k) * MINUTE_MS),
    );
    const closes = updates.flatMap(({ bars }) => bars.close);
    const values = updates.flatMap(({ indicators }) => indicators[0]!.lines[0]!.values);
    const mean = (at: number): number => closes.slice(at - 3, at + 1).reduce((sum, close) => sum + close, 0) / 4;
    for (let k = 3; k < 50; k++) assert.ok(Math.abs(values[k]! - mean(k)) < 1e-9);
  });

  test('of the catalogue, a long period in few points -> wider bars that say how wide, never more than asked for', async () => {
    const all = await stored({ timeframe: '1h', limit: 20_000, columns: true });
    const highest = Math.max(...all.columns!.high);
    for (const limit of [10, 60, 61, 100, 500, 1_440, 20_000]) {
      const { timeframe, bars, columns, cursor } = await stored({ timeframe: '1h', merge: true, limit, columns: true });
      assert.deepEqual([bars, cursor], [[], null], `limit ${limit}`);
      assert.ok(columns!.time.length <= limit && columns!.time.length > 0, `${columns!.time.length} of ${limit}`);
      assert.equal(Math.max(...columns!.high), highest);
      assert.equal(columns!.close.at(-1), all.columns!.close.at(-1));
      if (limit === 20_000) assert.equal(timeframe, '1h');
    }
  });

  test('of the catalogue, indicators -> warmed up by what was before the first bar that is shown', async () => {
    const all = await stored({ timeframe: '1h', limit: 20_000, indicator: ['rsi:length=14'] });
    const few = await stored({ timeframe: '1h', limit: 5, indicator: ['rsi:length=14'] });
    const tail = all.indicators[0]!.lines[0]!.values.slice(-5);
    for (const [k, value] of few.indicators[0]!.lines[0]!.values.entries())
      assert.ok(Math.abs(value! - tail[k]!) < 1e-6 * Math.abs(tail[k]!));
    assert.equal(few.bars.length, 5);
    assert.ok(few.cursor !== null);
  });

  for (const [indicator, code] of [
    ['emma:length=20', 'indicator-unknown'],
    ['ema:length=0', 'parameter-invalid'],
    ['ema:period=20', 'parameter-invalid'],
    ['ema:length=20,source=name', 'parameter-invalid'],
    ['correlation', 'parameter-invalid'],
    ['ema period', 'input-invalid'],
  ] as const)
    test(`--indicator ${indicator} -> ${code}`, async () => {
      await assert.rejects(chart({ session: 'chart', indicator: [indicator] }), { code });
    });

  test('--indicator ema:length=abc -> refused with what was found', async () => {
    await assert.rejects(chart({ session: 'chart', indicator: ['ema:length=abc'] }), {
      code: 'parameter-invalid',
      message: 'ema:length=abc: ema: length must be a whole number from 1 to 100000, found "abc"',
    });
  });

  test('a symbol or a timeframe that it does not have -> said', async () => {
    await assert.rejects(chart({ session: 'chart', symbol: 'ETHUSDT' }), { code: 'symbol-unknown' });
    await assert.rejects(chart({ session: 'chart', timeframe: '30s' }), { code: 'input-invalid' });
  });
});
