import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { systemClock } from '../../src/adapters/system/clock.ts';
import type { KillRequest } from '../../src/kill/kill-request.ts';
import { targetsOf } from '../../src/kill/kill-targets.ts';
import type { ConnectionInfo } from '../../src/ports/secret-vault.ts';

const connection = (id: string, venue: string): ConnectionInfo => ({
  ...{ id, venue, environment: 'live', label: 'desk', createdAtMs: 0, keysChangedAtMs: 0, revokedAtMs: null },
  permissions: null,
});

describe('accounts that a kill reaches', () => {
  test('by the label of an account, a channel and a provider -> the account alone', async () => {
    const vault = {
      list: async () => [
        connection('c_1', 'notify-slack'),
        connection('c_2', 'binance'),
        connection('c_3', 'provider-xai'),
      ],
    };
    const world = { clock: systemClock(), vault: async () => vault };
    const place = { kind: 'account', account: 'desk' } as const;
    const request: KillRequest = { level: 'flatten', reason: 'x', place, collar: 0.02, patienceMs: 1_000 };
    const faults: string[] = [];
    const targets = await targetsOf(request, [], null, world as never, faults);
    assert.deepEqual([targets.map(({ id, venue }) => [id, venue]), faults], [[['c_2', 'binance']], []]);
  });
});
