import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openLocalExchange } from '../../src/local-exchange/open.ts';
import { CLIENT_CALLS } from './all-client-calls.ts';
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
    const { client, call: made, reaches, timeoutMs = 10_000 } = call;
    test(`client coverage: ${client} ${made} -> ${reaches.join(', ')}`, { timeout: timeoutMs }, () =>
      reach(stage, call),
    );
  }
}

describe('client coverage: served', () => tryAll(openReachStage, REACH_CALLS));
describe('client coverage: refused', () => tryAll(openRefusalStage, REFUSAL_CALLS));

describe('client coverage: table of what is served', () => {
  test('endpoints, methods, streams, events and error codes that are served -> each is reached by a call of a client', async () => {
    const exchange = await openLocalExchange();
    const served = exchange.served().filter((row) => row.served);
    await exchange.close();
    const nameOf = (row: { product: string; name: string }): string => `${row.product} ${row.name}`;
    const reached = new Set(CLIENT_CALLS.map(([product, name]) => nameOf({ product, name })));
    assert.deepEqual(served.filter((row) => !reached.has(nameOf(row))).map(nameOf), []);
    const told = new Set(served.map(nameOf));
    assert.deepEqual(
      [...reached].filter((name) => !told.has(name)),
      [],
    );
  });
});
