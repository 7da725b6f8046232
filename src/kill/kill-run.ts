import { KILL_LEVELS, type KillLevel } from '../core/vocabulary/commands.ts';
import type { VenueOrder } from '../ports/exchange-gateway.ts';
import type { Journals } from '../ports/journal.ts';
import type { KillWorld } from '../ports/kill-world.ts';
import { openGateway } from '../ports/venues.ts';
import { flatteningsOf } from './flattenings.ts';
import { isOf } from './holdings.ts';
import { killAccount } from './kill-account.ts';
import type { KilledAccount, KillReport, KillRequest } from './kill-request.ts';
import { sessionsOf, type Target, targetsOf } from './kill-targets.ts';
import { type LiveSessions, liveSessions } from './live-sessions.ts';
import { feedQuotes } from './quotes.ts';
import { deposeSilent } from './silent-holder.ts';
import { tried } from './tried.ts';
import { accountPlaces, latchPlacesOf, writeLatches } from './write-latches.ts';

/** `collar`: as a fraction of the first price. */
export const KILL_DEFAULTS = { collar: 0.02, patienceMs: 30_000 } as const;

const rank = (level: KillLevel): number => KILL_LEVELS.indexOf(level);

/** The name under which the right to trade an account is kept. */
export const leaseName = (account: string): string => `account ${account}`;

/**
 * Stops trading from outside: the latch first, then, at every account that is meant and all at once, its right to trade, its orders and its
 * positions. What of it cannot be done is said, and hinders nothing else. It may be repeated at any time, also after one that was itself killed: what
 * is canceled or closed is found to be so. Rejects with KillPlaceUnknown where what is meant is not there, before anything was done.
 */
export async function runKill(
  request: KillRequest,
  world: KillWorld,
  tell: (line: string) => void,
): Promise<KillReport> {
  const { clock } = world;
  const startMs = clock.elapsedMs();
  const faults: string[] = [];
  const found = await tried('journals', () => withJournals(world, liveSessions), clock, faults);
  const all = found?.sessions ?? null;
  const meant = sessionsOf(request.place, found);
  const missed = missedOf(request, found);
  for (const { name, why } of missed)
    faults.push(`session ${name}: its account is not known; name it with --account: ${why}`);
  // Before anybody is asked for a passphrase, where it can be.
  const places = latchPlacesOf(request.place, meant, all);
  const early = places === null ? null : await writeLatches(request, places, world);
  const isGentle = rank(request.level) < rank('cancel-all');
  // The vault is not needed where its keys are not.
  const targets = isGentle && meant !== null ? [] : await targetsOf(request, all ?? [], meant, world, faults);
  const latches = early ?? (await writeLatches(request, accountPlaces(targets.map(({ id }) => id)), world));
  for (const latch of latches)
    tell(
      latch.written ? `latched: ${latch.scope} ${latch.target}`.trim() : `the latch could not be written: ${latch.why}`,
    );
  const ids = [...new Set([...targets, ...(meant ?? []).map(({ account }) => account)].map(({ id }) => id))];
  const holders = isGentle
    ? await Promise.all(ids.flatMap((id) => (id === null ? [] : [deposeSilent(id, leaseName(id), world, faults)])))
    : [];
  const accounts = isGentle
    ? []
    : await Promise.all(targets.map((target) => killTarget(request, target, world, tell, faults)));
  const done = accounts.filter((each) => each !== null);
  const lastMs = done.flatMap(({ canceling: { lastCancelMs } }) => (lastCancelMs === null ? [] : [lastCancelMs]));
  return {
    ...{ level: request.level, latches, accounts: done, holders, faults },
    verified:
      missed.length === 0 &&
      (isGentle
        ? latches.every(({ written }) => written) && holders.every(({ state }) => state !== 'unknown')
        : targets.length > 0 && done.length === targets.length && done.every(({ verified }) => verified)),
    lastCancelMs: lastMs.length === 0 ? null : Math.max(...lastMs),
    elapsedMs: clock.elapsedMs() - startMs,
  };
}

/** Journals that may be of what is meant, and do not say so. An account is canceled whole whatever sessions it has; what these hold, they alone know. */
function missedOf({ place, level }: KillRequest, found: LiveSessions | null): LiveSessions['unread'] {
  const isKnown = place.kind === 'sessions' || (place.kind === 'account' && level !== 'flatten');
  return isKnown ? [] : (found?.unread ?? []);
}

async function killTarget(
  request: KillRequest,
  target: Target,
  world: KillWorld,
  tell: (line: string) => void,
  faults: string[],
): Promise<KilledAccount | null> {
  const { clock } = world;
  const { id, label, venue, environment, sessions, sessionsOnly } = target;
  const opened = await tried(
    label,
    async () => openGateway(world.venues, venue, environment, await target.keys()),
    clock,
    faults,
  );
  if (opened === null) return null;
  const { gateway } = opened;
  const known = [...new Set(sessions.flatMap(({ pairs }) => pairs.map(({ symbol }) => symbol)))];
  const symbols = target.symbols ?? (sessionsOnly ? known : null);
  const { sparesExits = false } = request;
  /** Spot is never sold short here, and exits of derivatives are placed so that they can only reduce. */
  const isExit = (order: VenueOrder): boolean =>
    gateway.capabilities.positions ? order.reduceOnly : order.side === 'sell';
  const isMeant = (order: VenueOrder): boolean =>
    !(sparesExits && isExit(order)) &&
    (!sessionsOnly || sessions.some(({ orderIds }) => isOf(orderIds, order.clientOrderId)));
  try {
    const killed = await killAccount({
      ...{ gateway, clock, cancelMs: request.patienceMs },
      scope: { symbols, otherwise: known, ...(sessionsOnly || sparesExits ? { isMeant } : {}) },
      lease:
        id === null
          ? null
          : { open: () => world.leases(), name: leaseName(id), holder: world.holder, terms: world.terms },
      flatten:
        request.level === 'flatten'
          ? flatteningsOf({
              ...{ gateway, clock, account: id ?? label, sessions, sessionsOnly },
              ...{ symbols: target.symbols, positions: request.positions ?? [] },
              journals: (read) => withJournals(world, read),
              ...{ collar: request.collar, patienceMs: request.patienceMs },
            })
          : [],
      quotes: async () => feedQuotes(await world.venues.feed(venue), clock),
      tell: (line) => tell(`${label}: ${line}`),
    });
    return { account: label, venue, environment, sessions: sessions.map(({ name }) => name), ...killed };
  } finally {
    await gateway.close();
  }
}

async function withJournals<T>(world: KillWorld, read: (journals: Journals) => Promise<T>): Promise<T> {
  const journals = await world.journals();
  try {
    return await read(journals);
  } finally {
    await journals.close();
  }
}
