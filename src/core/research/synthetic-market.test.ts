import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Instrument } from '../vocabulary/instrument.ts';
import type { BarColumns } from '../vocabulary/market-data.ts';
import { civilToMs, DAY_MS, HOUR_MS, MINUTE_MS } from '../vocabulary/time.ts';
import { generateMarket, SYNTHETIC_VERSION } from './synthetic-market.ts';
import { REGIME_LABELS } from './synthetic-regimes.ts';

const market = generateMarket();
const FROM = civilToMs(2024, 1, 1);
const TO = civilToMs(2026, 1, 1);

/** Bars of `ms` from smaller ones, added up from the last to the first: the sum may not depend on the order. */
function rollUp(bars: BarColumns, ms: number): Map<number, number[]> {
  const out = new Map<number, number[]>();
  for (let i = bars.close.length - 1; i >= 0; i--) {
    const key = Math.floor(bars.openTimeMs[i]! / ms) * ms;
    const row = out.get(key);
    const [o, h, l, c, v] = [bars.open[i]!, bars.high[i]!, bars.low[i]!, bars.close[i]!, bars.volume[i]!];
    if (!row) out.set(key, [o, h, l, c, v]);
    else out.set(key, [o, Math.max(row[1]!, h), Math.min(row[2]!, l), row[3]!, row[4]! + v]);
  }
  return out;
}

describe('synthetic market', () => {
  test('seed: same twice -> same hash and columns; another seed -> another hash', () => {
    const again = generateMarket();
    assert.equal(again.hash, market.hash);
    assert.deepEqual(again.instruments[2]!.minute.close, market.instruments[2]!.minute.close);
    assert.notEqual(generateMarket({ seed: 43, minuteDays: 0 }).hash, generateMarket({ minuteDays: 0 }).hash);
    assert.equal(market.version, SYNTHETIC_VERSION);
    assert.match(market.hash, /^[0-9a-f]{32}$/);
  });

  for (const { definition, hourly, minute, regimes } of market.instruments) {
    const halts = regimes.filter((r) => r.label === 'halt');

    test(`${definition.id}: grid -> every hour and minute but those of halts, strictly rising`, () => {
      const halted = (from: number, to: number, ms: number) =>
        halts.reduce((n, r) => n + Math.max(0, Math.min(r.toMs, to) - Math.max(r.fromMs, from)) / ms, 0);
      assert.equal(hourly.close.length, 17_544 - halted(FROM, TO, HOUR_MS));
      assert.equal(minute.close.length, 43_200 - halted(TO - 30 * DAY_MS, TO, MINUTE_MS));
      assert.ok(halted(FROM, TO - 30 * DAY_MS, HOUR_MS) >= 3 && halted(TO - 30 * DAY_MS, TO, HOUR_MS) >= 3);
      assert.equal(hourly.openTimeMs[0], FROM);
      assert.equal(hourly.openTimeMs.at(-1), TO - HOUR_MS);
      for (const halt of halts)
        assert.ok(!hourly.openTimeMs.some((t) => t >= halt.fromMs && t < halt.toMs), 'a halt has no bar');
      for (const bars of [hourly, minute])
        for (let i = 1; i < bars.close.length; i++) assert.ok(bars.openTimeMs[i]! > bars.openTimeMs[i - 1]!);
    });

    test(`${definition.id}: every bar -> low ≤ open, close ≤ high, positive, on tick and lot`, () => {
      const instrument = new Instrument(definition);
      for (const bars of [hourly, minute])
        for (let i = 0; i < bars.close.length; i++) {
          const [o, h, l, c, v] = [bars.open[i]!, bars.high[i]!, bars.low[i]!, bars.close[i]!, bars.volume[i]!];
          assert.ok(l > 0 && l <= Math.min(o, c) && h >= Math.max(o, c) && v > 0, `bar ${i}`);
          for (const price of [o, h, l, c]) assert.equal(instrument.price(instrument.ticks(price, 'half-even')), price);
          assert.equal(instrument.quantity(instrument.lots(v, 'half-even')), v);
        }
    });

    test(`${definition.id}: minutes rolled up -> the hours, to the bit`, () => {
      const rolled = rollUp(minute, HOUR_MS);
      let compared = 0;
      for (let i = 0; i < hourly.close.length; i++) {
        const time = hourly.openTimeMs[i]!;
        if (time < TO - 30 * DAY_MS) continue;
        assert.deepEqual(
          rolled.get(time),
          [hourly.open[i], hourly.high[i], hourly.low[i], hourly.close[i], hourly.volume[i]],
          new Date(time).toISOString(),
        );
        compared++;
      }
      assert.equal(compared, rolled.size);
    });

    test(`${definition.id}: labels -> all six occur and tile the whole time`, () => {
      assert.deepEqual([...new Set(regimes.map((r) => r.label))].sort(), [...REGIME_LABELS].sort());
      assert.equal(regimes[0]!.fromMs, FROM);
      assert.equal(regimes.at(-1)!.toMs, TO);
      for (let i = 1; i < regimes.length; i++) assert.equal(regimes[i]!.fromMs, regimes[i - 1]!.toMs);
      assert.ok(regimes.every((r) => r.toMs > r.fromMs));
    });

    test(`${definition.id}: labels -> true of the prices`, () => {
      const at = (time: number) => hourly.openTimeMs.findIndex((t) => t >= time);
      for (const { label, fromMs, toMs } of regimes) {
        const first = at(fromMs);
        if (label === 'halt') continue;
        const last = toMs === TO ? hourly.close.length - 1 : at(toMs) - 1;
        const growth = hourly.close[last]! / hourly.open[first]! - 1;
        if (label === 'trend-up') assert.ok(growth > 0, `${label} ${growth}`);
        if (label === 'trend-down') assert.ok(growth < 0, `${label} ${growth}`);
        if (label === 'chop') assert.ok(Math.abs(growth) < 0.06, `${label} ${growth}`);
        if (label === 'crash') assert.ok(growth < -0.12, `${label} ${growth}`);
        if (label === 'gap') {
          const jump = Math.abs(hourly.open[first]! / hourly.close[first - 1]! - 1);
          assert.ok(jump > 0.039 && jump < 0.081, `${label} ${jump}`);
        }
      }
    });
  }

  test('instruments: hourly returns -> correlated, fat-tailed, clustered', () => {
    const returns = market.instruments.map(({ hourly }) => {
      const byTime = new Map<number, number>();
      for (let i = 0; i < hourly.close.length; i++)
        byTime.set(hourly.openTimeMs[i]!, hourly.close[i]! / hourly.open[i]! - 1);
      return byTime;
    });
    const times = [...returns[0]!.keys()].filter((t) => returns.every((r) => r.has(t)));
    const [alpha, beta, gamma] = returns.map((r) => times.map((t) => r.get(t)!));
    const correlation = (x: number[], y: number[]) => {
      const mean = (z: number[]) => z.reduce((a, b) => a + b, 0) / z.length;
      const [mx, my] = [mean(x), mean(y)];
      const sum = (f: (i: number) => number) => x.reduce((a, _, i) => a + f(i), 0);
      return (
        sum((i) => (x[i]! - mx) * (y[i]! - my)) /
        Math.sqrt(sum((i) => (x[i]! - mx) ** 2) * sum((i) => (y[i]! - my) ** 2))
      );
    };
    assert.ok(correlation(alpha!, beta!) > 0.5, `${correlation(alpha!, beta!)}`);
    assert.ok(correlation(alpha!, gamma!) > 0.3 && correlation(alpha!, gamma!) < correlation(alpha!, beta!));
    const squares = alpha!.map((r) => r * r);
    assert.ok(correlation(squares.slice(1), squares.slice(0, -1)) > 0.1, 'volatility clusters');
    assert.ok(Math.abs(correlation(alpha!.slice(1), alpha!.slice(0, -1))) < 0.05, 'returns hardly do');
    const variance = squares.reduce((a, b) => a + b, 0) / squares.length;
    assert.ok(squares.reduce((a, b) => a + b * b, 0) / squares.length / (variance * variance) > 4, 'tails are fat');
  });

  test('generateMarket: half a day or too short -> RangeError that says what it found', () => {
    assert.throws(() => generateMarket({ fromMs: FROM + HOUR_MS }), /whole days UTC, found 730\.95/);
    assert.throws(() => generateMarket({ toMs: FROM + 30 * DAY_MS }), /found 30/);
    assert.throws(() => generateMarket({ minuteDays: 800 }), /found 800/);
  });
});
