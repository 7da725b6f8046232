import { after, before, describe, test } from 'node:test';
import { type ReachCall, reach } from './reach-call.ts';
import { REACH_CALLS, REFUSAL_CALLS } from './reach-calls.ts';
import type { ReachExchange } from './reach-exchange.ts';
import { openReachStage } from './reach-stage.ts';
import { openRefusalStage } from './refusal-stage.ts';

/** One exchange for all calls, each a test. */
function tryAll<Stage extends ReachExchange & { close(): Promise<void> }>(
  open: () => Promise<Stage>,
  calls: readonly ReachCall<Stage>[],
): void {
  let stage: Stage;
  before(async () => {
    stage = await open();
  });
  after(() => stage.close());
  for (const call of calls) {
    test(`client coverage: ${call.client} ${call.call} -> ${call.reaches.join(', ')}`, { timeout: 10_000 }, () =>
      reach(stage, call),
    );
  }
}

describe('client coverage: served', () => tryAll(openReachStage, REACH_CALLS));
describe('client coverage: refused', () => tryAll(openRefusalStage, REFUSAL_CALLS));
