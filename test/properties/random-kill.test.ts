import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { CAPABILITY_PROFILES } from '../../src/core/execution/capabilities.ts';
import type { KillLevel } from '../../src/core/vocabulary/commands.ts';
import type { BarColumns } from '../../src/core/vocabulary/market-data.ts';
import { FLAG, ORDER_ROLES, ORDER_STATUSES } from '../../src/core/vocabulary/order.ts';
import { HOUR_MS } from '../../src/core/vocabulary/time.ts';
import { type SessionConfig, SessionCore } from '../../src/session/session-core.ts';
import type { FeedBar } from '../../src/session/session-input.ts';
import { NO_LIMITS } from '../scenario.ts';
import { instants, tradesOf } from './random-inputs.ts';
import { configOf, runShape } from './random-run.ts';

/** Change it to look elsewhere; a failure prints seed and path, so that it can be found again. */
const seed = Number(process.env['TRADEWRIGHT_PROPERTY_SEED'] ?? 20_260_101);
const numRuns = Number(process.env['TRADEWRIGHT_PROPERTY_RUNS'] ?? 150);
/** Quiet hours after the run, in which everything fills. */
const QUIET = 16;

const shapes = fc.record({
  run: runShape,
  at: fc.double({ min: 0.2, max: 1, noNaN: true }),
  level: fc.constantFrom<KillLevel>('cancel-all', 'flatten'),
  profile: fc.constantFrom(...Object.keys(CAPABILITY_PROFILES)),
  drivenBy: fc.constantFrom<SessionConfig['drivenBy']>('bars', 'trades'),
});

/** Bars of all feeds by close time, and quiet ones behind them. */
function withQuiet(all: readonly BarColumns[]): (readonly [number, readonly FeedBar[]])[] {
  const found = instants(all);
  const endMs = found.at(-1)![0];
  const quiet = Array.from({ length: QUIET }, (_, k): readonly [number, readonly FeedBar[]] => [
    endMs + (k + 1) * HOUR_MS,
    all.map((b, feed) => {
      const price = b.close.at(-1)!;
      return [feed, endMs + k * HOUR_MS, price, price, price, price, 1_000_000] as const;
    }),
  ]);
  return [...found, ...quiet];
}

describe('kill of random strategies on random bars', () => {
  test(`cancel-all or flatten at any moment, at any venue -> nothing open in the end, flat, no position flipped (seed ${seed})`, () => {
    let canceled = 0;
    let closed = 0;
    fc.assert(
      fc.property(shapes, ({ run, at, level, profile, drivenBy }) => {
        const { feeds, ...desk } = configOf(run);
        const core = new SessionCore(
          { ...desk, limits: NO_LIMITS, capabilities: CAPABILITY_PROFILES[profile]!, feeds, drivenBy },
          'test',
        );
        const all = withQuiet(feeds.map(({ bars }) => bars));
        const killAt = Math.floor(at * (all.length - QUIET));
        const { state, desk: orders } = core.engine;
        for (const [k, [timeMs, bars]] of all.entries()) {
          if (k === killAt) {
            const outcome = core.take({
              type: 'command-given',
              command: { type: 'kill', reason: 'drill', level, scope: 'system' },
            });
            assert.ok(outcome?.done);
            canceled += outcome.canceled ?? 0;
          }
          const before = [...state.book.netLots];
          if (drivenBy === 'trades') for (const trade of tradesOf(core, bars)) core.take(trade);
          core.take({ type: 'instant-ended', timeMs, bars });
          // Orders that were on their way may do so, those of the kill never.
          if (k > killAt && !run.latency)
            for (const [i, lots] of before.entries())
              assert.ok(lots * state.book.netLots[i]! >= 0, 'a position was flipped');
        }
        const c = state.orders.column;
        const open = Array.from({ length: state.book.positions.count }, (_, slot) => [...orders.rowsOf(slot)]).flat();
        assert.deepEqual(
          open.map((row) => `${ORDER_ROLES[c.role[row]!]} ${ORDER_STATUSES[c.status[row]!]}`),
          [],
        );
        const kills = Array.from({ length: state.orders.count }, (_, row) => row).filter(
          (row) => c.flags[row]! & FLAG.kill,
        );
        closed += kills.length;
        if (level === 'cancel-all') {
          assert.equal(kills.length, 0);
          return;
        }
        for (const [index, instrument] of state.instruments.entries()) {
          const lots = Math.abs(state.book.netLots[index]!);
          // What is worth less than the venue's smallest order cannot be sold, in none of the strategies that hold it.
          const least = 5 * Math.max(1, run.strategies);
          assert.ok(
            lots === 0 || instrument.valueAt(state.price[index]!, lots) < least,
            `${lots} lots of ${index} are left`,
          );
        }
      }),
      { seed, numRuns },
    );
    assert.ok(
      canceled > numRuns && closed > numRuns / 10,
      `${canceled} orders canceled, ${closed} closes: the dice do too little`,
    );
  });
});
