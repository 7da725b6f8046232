import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { SPOT_CALLS, SPOT_CLIENT_CALLS } from './spot-calls.ts';
import { openSpotClients, type SpotClients } from './spot-clients.ts';

describe('spot clients', () => {
  let clients: SpotClients;
  before(async () => {
    clients = await openSpotClients();
  });
  after(() => clients.close());

  for (const { client, call, uses, run, check } of SPOT_CALLS) {
    test(`spot clients: ${client} ${call} -> ${uses.join(', ')}`, { timeout: 10_000 }, async () => {
      clients.asked.clear();
      const answer = await run(clients);
      check(answer, clients);
      for (const name of uses)
        assert.ok(clients.asked.has(name), `${name} was not asked for: ${[...clients.asked].join(', ')}`);
    });
  }

  test('spot clients: everything they use -> is in the table of what is served', () => {
    const served = new Map(clients.exchange.served().map((r) => [r.name, r.served]));
    assert.deepEqual(
      SPOT_CLIENT_CALLS.filter(([name]) => served.get(name) !== true),
      [],
    );
  });
});
