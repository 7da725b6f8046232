import type { Clock } from '../ports/clock.ts';
import type { KillWorld } from '../ports/kill-world.ts';
import type { LeaseStore } from '../ports/lease.ts';
import type { HolderSeen } from './kill-request.ts';
import { pass } from './pass.ts';
import { revokeLease } from './revoke-lease.ts';
import { tried } from './tried.ts';

/** Who is alive renews three times within what it may rely upon, and so at least once within this. */
const RENEWED_WITHIN_MS = 4_000;
const LOOK_MS = 250;

/**
 * Looks whether whoever has the right to trade an account is alive. Who renews it heeds the latch by itself; from who does not, it is taken: it may
 * wake up in the middle of what it was about to send.
 */
export async function deposeSilent(
  account: string,
  lease: string,
  world: KillWorld,
  faults: string[],
): Promise<HolderSeen> {
  const { clock } = world;
  const seen = await tried(
    `${account}: right to trade`,
    async () => {
      const store = await world.leases();
      try {
        return await lookAt(store, clock, lease, world);
      } finally {
        await store.close();
      }
    },
    clock,
    faults,
    2 * RENEWED_WITHIN_MS,
  );
  return { account, ...(seen ?? { state: 'unknown', holder: null }) };
}

async function lookAt(
  store: LeaseStore,
  clock: Clock,
  name: string,
  { holder: me, terms }: KillWorld,
): Promise<Omit<HolderSeen, 'account'>> {
  const first = (await store.view(name)).row;
  if (first === null || first.isReleased) return { state: 'nobody', holder: null };
  const endMs = clock.elapsedMs() + RENEWED_WITHIN_MS;
  while (clock.elapsedMs() < endMs) {
    await pass(clock, LOOK_MS);
    const { row } = await store.view(name);
    if (row === null || row.isReleased) return { state: 'nobody', holder: null };
    if (row.epoch !== first.epoch || row.renewals !== first.renewals) return { state: 'renews', holder: row.holder };
  }
  const revoked = await revokeLease(store, clock, name, me, terms);
  // What it had signed may still be on its way: whoever comes next waits for the lease to run out.
  revoked.abandon();
  return { state: 'deposed', holder: first.holder };
}
