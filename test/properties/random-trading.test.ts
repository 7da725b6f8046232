import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { SessionState } from '../../src/core/engine/session-state.ts';
import { eventsHash, stateHash } from '../../src/core/engine/state-hash.ts';
import { Backtest } from '../../src/core/research/backtest.ts';
import { FLAG, isTerminal, type OrderDraft, ROLE } from '../../src/core/vocabulary/order.ts';
import { audit } from './auditor.ts';
import { configOf, runShape } from './random-run.ts';

/** Change it to look elsewhere; a failure prints seed and path, so that it can be found again. */
const seed = Number(process.env['TRADEWRIGHT_PROPERTY_SEED'] ?? 20_260_101);
const numRuns = Number(process.env['TRADEWRIGHT_PROPERTY_RUNS'] ?? 150);

/**
 * Σ over instruments of the larger of what all buys and what all sells could make of the net position, at last prices; the order just
 * placed at its own where that is lower. Summed from the order table, not from what the engine keeps of it. Without a draft: as it was
 * before the last order.
 */
function grossAtWorst(state: SessionState, draft: OrderDraft | null): number {
  const c = state.orders.column;
  let gross = 0;
  for (const [i, instrument] of state.instruments.entries()) {
    let net = 0;
    for (let slot = i; slot < state.book.positions.count; slot += state.instruments.length)
      net += state.book.positions.column.lots[slot]!;
    let buys = 0;
    let sells = 0;
    for (let row = 0; row < state.orders.count - (draft === null ? 1 : 0); row++) {
      const role = c.role[row]!;
      if (c.instrument[row] !== i || isTerminal(c.status[row]!)) continue;
      if (role !== ROLE.entry && role !== ROLE.exit) continue;
      // Of an order that is worked, what its children were given stands with them.
      const done = (c.flags[row]! & FLAG.worked) !== 0 ? c.budget[row]! : c.filledLots[row]!;
      const left = c.lots[row]! - done;
      // Where the venue keeps to it, what may only reduce opens nothing, however much of it is on its way or being canceled.
      if (state.strategies === 1 && (c.flags[row]! & FLAG.reduceOnly) !== 0) continue;
      if (c.side[row]! > 0) buys += left;
      else sells += left;
    }
    const last = state.price[i]!;
    const worst = Math.max(Math.abs(net + buys), Math.abs(net - sells));
    // An instrument without a price yet is held by nobody.
    if (worst === 0) continue;
    gross += instrument.valueAt(last, worst);
    const ticks = draft === null ? 0 : draft.limitTicks || draft.triggerTicks;
    if (draft?.instrument === i && ticks > 0)
      gross -= instrument.valueAt(Math.max(0, last - instrument.price(ticks)), draft.lots);
  }
  return gross;
}

describe('random strategies on random bars', () => {
  test(`books, venue, orders and events of any run -> agree (seed ${seed})`, () => {
    let fills = 0;
    let orders = 0;
    fc.assert(
      fc.property(runShape, (shape) => {
        const backtest = new Backtest(configOf(shape)).run();
        fills += backtest.engine.state.fills.count;
        orders += backtest.engine.state.orders.count;
        assert.deepEqual(audit(backtest).slice(0, 5), []);
      }),
      { seed, numRuns },
    );
    assert.ok(
      fills > numRuns * 5 && orders > numRuns * 10,
      `only ${fills} fills of ${orders} orders: the dice do too little`,
    );
  });

  test(`every order that opens something -> gross exposure at worst within equity × leverage (seed ${seed})`, () => {
    let checked = 0;
    fc.assert(
      fc.property(runShape, (shape) => {
        const backtest = new Backtest(configOf(shape));
        const { state, risk } = backtest.engine;
        const { leverage } = state.account;
        const { dispatch } = backtest.engine.desk;
        const replace = dispatch.replace.bind(dispatch);
        let isReplaced = false;
        dispatch.replace = (row) => {
          isReplaced = true;
          const number = replace(row);
          isReplaced = false;
          return number;
        };
        const placed = risk.placed.bind(risk);
        risk.placed = (draft, nowMs) => {
          placed(draft, nowMs);
          const slot = draft.strategy * state.instruments.length + draft.instrument;
          const isLeg = draft.parent >= 0;
          if (isLeg || state.book.positions.column.lots[slot]! * draft.side < 0) return;
          // What stands in for an order that was let through, and is no more than that, stays whatever prices have become since.
          if (isReplaced && risk.state.reducing) return;
          const limit = state.clock[1]! * leverage * (1 + 1e-6);
          const gross = grossAtWorst(state, draft);
          checked++;
          // Prices may have taken it beyond the limit before: then no order may add to that.
          const most = Math.max(limit, grossAtWorst(state, null));
          assert.ok(gross <= most, `gross ${gross} at worst, limit ${most}`);
        };
        backtest.run();
      }),
      { seed, numRuns },
    );
    assert.ok(checked > numRuns, `only ${checked} orders looked at`);
  });

  test(`two runs, a streamed run and a reset engine -> the same events and state (seed ${seed})`, () => {
    fc.assert(
      fc.property(runShape, (shape) => {
        const config = configOf(shape);
        const first = new Backtest(config).run();
        const hash = eventsHash(first.engine);
        const state = stateHash(first.engine);
        const seen = new Backtest(config);
        // Whoever looks on is shown the whole picture of orders that only reduce, which else get the part that their rules read.
        seen.engine.desk.dispatch.witness = () => {};
        seen.run();
        assert.equal(eventsHash(seen.engine), hash, 'looked at');
        assert.equal(stateHash(seen.engine), state, 'looked at');
        const second = new Backtest(config).run();
        assert.equal(eventsHash(second.engine), hash, 'another run');
        assert.equal(stateHash(second.engine), state, 'another run');
        const streamed = new Backtest({ ...config, streamed: true }).run();
        assert.equal(eventsHash(streamed.engine), hash, 'streamed');
        assert.equal(stateHash(streamed.engine), state, 'streamed');
        first.run();
        assert.equal(eventsHash(first.engine), hash, 'reset engine');
        assert.equal(stateHash(first.engine), state, 'reset engine');
      }),
      { seed, numRuns: Math.ceil(numRuns / 4) },
    );
  });
});
