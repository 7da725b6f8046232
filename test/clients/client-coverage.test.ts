import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { reach } from './reach-call.ts';
import { REACH_CALLS } from './reach-calls.ts';
import { openReachStage, type ReachStage } from './reach-stage.ts';

describe('client coverage', () => {
  let stage: ReachStage;
  before(async () => {
    stage = await openReachStage();
  });
  after(() => stage.close());

  for (const call of REACH_CALLS) {
    test(`client coverage: ${call.client} ${call.call} -> ${call.reaches.join(', ')}`, { timeout: 10_000 }, () =>
      reach(stage, call),
    );
  }
});
