import { finishTriggered, fireTriggers } from './algo-triggers.ts';
import type { ExchangeState } from './exchange-state.ts';
import { liquidateWhatMust } from './liquidation-engine.ts';
import type { LevelChange, Market } from './market.ts';
import { trimReducing } from './reduce-only.ts';

/** Told once a command and all that followed from it is over. */
export type Settled = (market: Market, changes: readonly LevelChange[]) => void;

/**
 * What follows from a command, in this order, until nothing does: the mark price follows the market and values positions, reducing orders
 * are cut to what is left to reduce, conditional orders fire, accounts that must be are liquidated. Every round may trade; the commands of
 * a round come back here and wait for the next. Each conditional order fires once and each liquidation ends a position, so it ends.
 */
export function settleWith(state: ExchangeState, told: Settled): (market: Market) => void {
  const waiting = new Set<Market>();
  const touched = new Set<Market>();
  let isRunning = false;
  return (market) => {
    waiting.add(market);
    touched.add(market);
    if (isRunning) return;
    isRunning = true;
    try {
      for (const next of waiting) {
        waiting.delete(next);
        advance(state, next);
      }
      finishTriggered(state);
    } finally {
      isRunning = false;
      waiting.clear();
    }
    const done = [...touched];
    touched.clear();
    for (const each of done) told(each, each.takeChanges());
  };
}

function advance(state: ExchangeState, market: Market): void {
  market.followMark(state.nowMs);
  const { mark } = market.mark;
  const hasMoved = mark !== market.valuedAt;
  if (hasMoved) {
    market.valuedAt = mark;
    for (const account of state.accounts.values()) {
      for (const index of account.indexes(market.contract)) account.margin.mark(index, mark);
    }
  }
  const { mustReview } = market;
  market.mustReview = false;
  if (mustReview) for (const account of state.accounts.values()) trimReducing(state, account, market);
  fireTriggers(state, market);
  if (hasMoved || mustReview) for (const account of state.accounts.values()) liquidateWhatMust(state, account);
}
