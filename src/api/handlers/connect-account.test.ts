import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type AnyGateway, gatewayTo } from '../../ports/account.ts';
import type { CredentialFacts, ExchangeGateway } from '../../ports/exchange-gateway.ts';
import type { Environment } from '../../ports/secret-vault.ts';
import type { World } from '../world.ts';
import { connectAccount } from './connect-account.ts';

const WORLD = { clock: { nowMs: () => 1_700_000_000_000 } } as World;
const FINE: CredentialFacts = { canTrade: true, canWithdraw: false, ipRestricted: true, expiresAtMs: null };
const UNTOLD: CredentialFacts = { canTrade: true, canWithdraw: null, ipRestricted: null, expiresAtMs: null };

function opened(
  environment: Environment,
  facts: CredentialFacts,
  clockSkew: ExchangeGateway['clockSkew'] = { skewMs: 3, uncertaintyMs: 20 },
): AnyGateway {
  const gateway = { venue: 'BINANCE', clockSkew, connect: async () => facts } as unknown as ExchangeGateway;
  if (environment === 'live') return { environment, gateway: gatewayTo(environment, gateway) };
  if (environment === 'testnet') return { environment, gateway: gatewayTo(environment, gateway) };
  return { environment, gateway: gatewayTo(environment, gateway) };
}

describe('connecting an account', () => {
  test('a fit key and a right clock -> what was seen, as it is kept', async () => {
    const { permissions, accepted } = await connectAccount(opened('live', FINE), WORLD, { accept: [] });
    const { canTrade, canWithdraw, ipRestricted: isIpRestricted, expiresAtMs } = FINE;
    assert.deepEqual(permissions, { seenAtMs: 1_700_000_000_000, canTrade, canWithdraw, isIpRestricted, expiresAtMs });
    assert.deepEqual(accepted, []);
  });

  test('what the venue does not tell -> an objection, except on a test network, where there is nothing to steal', async () => {
    await assert.rejects(connectAccount(opened('live', UNTOLD), WORLD, { accept: [] }), { code: 'key-unfit' });
    await assert.rejects(connectAccount(opened('local', UNTOLD), WORLD, { accept: [] }), { code: 'key-unfit' });
    assert.deepEqual((await connectAccount(opened('testnet', UNTOLD), WORLD, { accept: [] })).accepted, []);
    await assert.rejects(connectAccount(opened('testnet', { ...UNTOLD, canTrade: false }), WORLD, { accept: [] }), {
      code: 'key-unfit',
      message: /may not place orders/,
    });
  });

  test('clock minutes off -> refused, with by how much, which way and what to do; also on the test network', async () => {
    for (const environment of ['live', 'testnet'] as const) {
      const behind = opened(environment, FINE, { skewMs: 185_000, uncertaintyMs: 40 });
      await assert.rejects(connectAccount(behind, WORLD, { accept: [] }), {
        code: 'clock-skewed',
        message: /within 1 s of the venue's, found this machine's 185\.0 s \(± 0\.0 s\) behind/,
        hint: /timedatectl set-ntp true/,
      });
      const ahead = opened(environment, FINE, { skewMs: -1_500, uncertaintyMs: 100 });
      await assert.rejects(connectAccount(ahead, WORLD, { accept: [] }), { message: /1\.5 s .* ahead$/ });
    }
  });

  test('clock at the limit, one that may be right within what was measured, one never measured, the local exchange -> taken', async () => {
    const taken: readonly AnyGateway[] = [
      opened('live', FINE, { skewMs: 1_000, uncertaintyMs: 0 }),
      opened('live', FINE, { skewMs: -1_300, uncertaintyMs: 300 }),
      opened('live', FINE, null),
      opened('local', FINE, { skewMs: -86_400_000, uncertaintyMs: 1 }),
    ];
    for (const each of taken) assert.equal((await connectAccount(each, WORLD, { accept: [] })).facts, FINE);
    const just = opened('live', FINE, { skewMs: -1_301, uncertaintyMs: 300 });
    await assert.rejects(connectAccount(just, WORLD, { accept: [] }), { code: 'clock-skewed' });
  });
});
