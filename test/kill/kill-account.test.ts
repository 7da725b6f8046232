import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ORDER_STATUSES } from '../../src/core/vocabulary/order.ts';
import { LEASE_TERMS } from '../../src/durability/held-lease.ts';
import { isOf, spotHoldings, tradesOfJournal } from '../../src/kill/holdings.ts';
import type { Flattening } from '../../src/kill/kill-account.ts';
import type { ExchangeGateway } from '../../src/ports/exchange-gateway.ts';
import { LeaseError } from '../../src/ports/lease.ts';
import type { Life } from '../session/live-scene.ts';
import { puppet } from '../session/puppet.ts';
import { faultAgainAndAgain, free, KillScene, LEASE } from './kill-scene.ts';

const why = 'test';

/** Buys a tenth with a stop, and leaves a bid far below. */
const holder = puppet((bar, c) => {
  if (bar === 0) c.buy({ size: { qty: 0.1 }, stop: { pct: 0.05 }, why });
  if (bar === 1) c.buy({ size: { qty: 0.02 }, limit: 80_000, why });
});

const statuses = ({ core }: Life): string[] => {
  const { orders } = core.engine.state;
  return Array.from({ length: orders.count }, (_, row) => ORDER_STATUSES[orders.column.status[row]!]!);
};
const lots = ({ core }: Life): number => core.engine.state.book.positions.column.lots[0]!;

async function inMarket(scene: KillScene): Promise<Life> {
  const life = await scene.start(holder);
  await scene.bar(life, 95_000);
  await scene.bar(life, 95_000);
  assert.deepEqual(statuses(life), ['filled', 'open', 'open']);
  return life;
}

function flattening(scene: KillScene, gateway: ExchangeGateway, more: Partial<Flattening> = {}): Flattening {
  const { symbol } = scene.venue;
  let count = 0;
  return {
    holdings: async () => {
      const known = await tradesOfJournal(scene.journals, 'live', 'live');
      return spotHoldings(gateway, 'live', [{ symbol, base: 'BTC' }], known, 0);
    },
    ...{ collar: 0.02, patienceMs: 60_000, nextId: () => `kivet${count++}`, ...more },
  };
}

describe('kill of an account', () => {
  test('a session that is gone, its orders open -> none is open, by the venue’s own word; the next start finds them canceled', async () => {
    const scene = new KillScene();
    const life = await inMarket(scene);
    life.kill();
    const killed = await scene.kill(scene.venue.reopen());
    assert.deepEqual([killed.verified, killed.canceling.found, killed.canceling.left], [true, 2, []]);
    assert.deepEqual([killed.faults, killed.canceling.faults], [[], []]);
    assert.ok(
      killed.canceling.verifiedMs! >= LEASE_TERMS.validityMs + LEASE_TERMS.clockErrorMs,
      'what was signed has run out',
    );
    const again = await scene.start(holder);
    assert.deepEqual(statuses(again), ['filled', 'canceled', 'canceled']);
    await scene.dispose();
  });

  test('an order that comes in after the first look -> found and canceled, and then verified', async () => {
    const scene = new KillScene();
    const life = await scene.start(puppet(() => {}));
    scene.venue.clock.after(1_500, () => {
      void life.gateway.place({
        ...{ clientOrderId: 'late', symbol: scene.venue.symbol, side: 'buy', type: 'limit', tif: 'gtc' },
        ...{ quantity: '0.01', limit: '80000' },
      });
    });
    const killed = await scene.kill(scene.venue.reopen());
    assert.deepEqual([killed.verified, killed.canceling.found], [true, 1]);
    await scene.dispose();
  });

  test('one session’s orders are meant -> others stay', async () => {
    const scene = new KillScene();
    const life = await inMarket(scene);
    await scene.venue.run(
      life.gateway.place({
        ...{ clientOrderId: 'byhand', symbol: scene.venue.symbol, side: 'buy', type: 'limit', tif: 'gtc' },
        ...{ quantity: '0.01', limit: '70000' },
      }),
    );
    const { symbol } = scene.venue;
    const scope = {
      symbols: [symbol],
      isMeant: ({ clientOrderId }: { clientOrderId: string }) => isOf('live', clientOrderId),
    };
    const killed = await scene.kill(scene.venue.reopen(), { scope });
    assert.deepEqual([killed.verified, killed.canceling.found], [true, 2]);
    const open = await scene.venue.run(scene.venue.gateway.openOrders(symbol));
    assert.deepEqual(
      open.map(({ clientOrderId }) => clientOrderId),
      ['byhand'],
    );
    await scene.dispose();
  });

  test('answers that are lost on the way -> asked again until the venue says that none is open', async () => {
    const scene = new KillScene();
    (await inMarket(scene)).kill();
    let lost = 0;
    faultAgainAndAgain(scene.venue, 'acknowledgement-lost', () => lost++ % 3 === 0);
    const killed = await scene.kill(scene.venue.reopen());
    assert.deepEqual([killed.verified, killed.canceling.left], [true, []]);
    await scene.dispose();
  });

  test('a venue that does not answer -> nothing is claimed: what was seen last, and why', async () => {
    const scene = new KillScene();
    (await inMarket(scene)).kill();
    faultAgainAndAgain(scene.venue, 'no-connection', () => true);
    const killed = await scene.kill(scene.venue.reopen(), { cancelMs: 5_000 });
    assert.deepEqual([killed.verified, killed.canceling.verifiedMs], [false, null]);
    assert.ok(killed.canceling.faults.length > 0);
    await scene.dispose();
  });

  test('the lease: taken from its holder at once, given back when all is verified; a database that is away hinders nothing', async () => {
    const scene = new KillScene();
    const { leases, venue } = scene;
    const held = await leases.take(LEASE, null, 'the session', LEASE_TERMS);
    const killed = await scene.kill(venue.reopen());
    assert.equal(killed.revokedFrom, 'the session');
    assert.equal(await leases.renew(held!), null, 'its next renewal fails');
    const { row } = await leases.view(LEASE);
    assert.deepEqual([row!.epoch, row!.isReleased], [2, true]);
    (await inMarket(scene)).kill();
    const lease = {
      open: async () => {
        throw new LeaseError('unavailable', 'the disk is gone');
      },
      ...{ name: LEASE, holder: 'test', terms: LEASE_TERMS },
    };
    const blind = await scene.kill(venue.reopen(), { lease });
    assert.deepEqual([blind.verified, blind.faults], [true, ['lease: unavailable: the disk is gone']]);
    await scene.dispose();
  });

  test('flatten: what the session holds is sold in slices, what else is there stays; it comes back flat, its books agree', async () => {
    const scene = new KillScene();
    const life = await inMarket(scene);
    assert.ok(lots(life) > 0);
    life.kill();
    const gateway = scene.venue.reopen();
    const killed = await scene.kill(gateway, { flatten: [flattening(scene, gateway)] });
    assert.ok(killed.verified, JSON.stringify(killed));
    assert.ok(killed.closings[0]!.orders > 5, `${killed.closings[0]!.orders} slices`);
    assert.deepEqual(killed.closings[0]!.closed, { BTCUSDT: '0.0999' });
    const again = await scene.start(holder);
    assert.equal(await free(scene.venue, again.gateway, 'BTC'), '0.5');
    assert.equal(lots(again), 0);
    await scene.venue.pass(120_000);
    assert.deepEqual([again.side.account.isAgreed, again.account.keeper.notReady], [true, null]);
    await scene.dispose();
  });

  test('flatten again, and after trades that no journal has -> only what is held still', async () => {
    const scene = new KillScene();
    (await inMarket(scene)).kill();
    const gateway = scene.venue.reopen();
    await scene.kill(gateway, { flatten: [flattening(scene, gateway)] });
    const second = scene.venue.reopen();
    const killed = await scene.kill(second, { flatten: [flattening(scene, second)] });
    assert.deepEqual([killed.verified, killed.closings[0]!.orders], [true, 0]);
    await scene.dispose();
  });

  test('flatten without a price, or beyond the collar -> not one order into the dark, and it is said', async () => {
    const scene = new KillScene();
    (await inMarket(scene)).kill();
    scene.price = null;
    const gateway = scene.venue.reopen();
    const dark = await scene.kill(gateway, { flatten: [flattening(scene, gateway)] });
    assert.deepEqual([dark.verified, dark.closings[0]!.orders], [false, 0]);
    assert.match(dark.closings[0]!.left[0]!.why, /nobody knows its price/);
    // It falls by three per cent after the first slices.
    let asked = 0;
    const falling = scene.venue.reopen();
    const quotes = async () => ({
      of: async () => {
        const price = asked++ < 3 ? 95_000 : 92_000;
        scene.venue.moveTo(String(price));
        return { bid: price - 1, bidQuantity: 0.001, ask: price + 1, askQuantity: 0.001 };
      },
      close: async () => {},
    });
    const fell = await scene.kill(falling, { flatten: [flattening(scene, falling)], quotes });
    assert.equal(fell.verified, false);
    assert.match(fell.closings[0]!.left[0]!.why, /moved by more than 2 %/);
    assert.ok(fell.closings[0]!.orders >= 2 && Number(fell.closings[0]!.closed['BTCUSDT']) < 0.05);
    await scene.dispose();
  });

  test('flatten: the answer to a slice is lost -> it is looked for, never sent again, and nothing is sold twice', async () => {
    const scene = new KillScene();
    (await inMarket(scene)).kill();
    const gateway = scene.venue.reopen();
    let count = 0;
    faultAgainAndAgain(scene.venue, 'acknowledgement-lost', ({ method }) => method === 'POST' && count++ % 2 === 0);
    const killed = await scene.kill(gateway, { flatten: [flattening(scene, gateway)] });
    assert.ok(killed.verified, JSON.stringify(killed));
    assert.deepEqual(killed.closings[0]!.closed, { BTCUSDT: '0.0999' });
    await scene.dispose();
  });
});
