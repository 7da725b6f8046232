import { KILL_LEVELS, type KillLevel } from '../core/vocabulary/commands.ts';
import type { Clock } from '../ports/clock.ts';
import type { VenueOrder } from '../ports/exchange-gateway.ts';
import { JournalError, type Journals } from '../ports/journal.ts';
import { LatchError, type LatchStore } from '../ports/latches.ts';
import type { LeaseStore, LeaseTerms } from '../ports/lease.ts';
import { type ConnectionKeys, type Environment, type SecretVault, VaultError } from '../ports/secret-vault.ts';
import { VenueError } from '../ports/venue-error.ts';
import { openGateway, type Venues } from '../ports/venues.ts';
import { flatteningsOf, type GivenPosition } from './flattenings.ts';
import { isOf } from './holdings.ts';
import { type AccountKilled, killAccount } from './kill-account.ts';
import { type LiveSession, liveSessions } from './live-sessions.ts';
import { within } from './pass.ts';
import { feedQuotes } from './quotes.ts';

/** A database that answers answers within this. */
const PLACE_MS = 5_000;

/** What a kill needs from outside, all of it its own: connections, keys and clock are shared with nobody. */
export interface KillWorld {
  readonly clock: Clock;
  /** Names this process for whoever finds its leases. */
  readonly holder: string;
  readonly actor: string;
  readonly terms: LeaseTerms;
  journals(): Promise<Journals>;
  leases(): Promise<LeaseStore>;
  latches(): Promise<LatchStore>;
  vault(): Promise<SecretVault>;
  /** Keys that were given in the environment; null where there are none. */
  keys(): ConnectionKeys | null;
  readonly venues: Pick<Venues, 'gateway' | 'feed'>;
}

export interface KillRequest {
  readonly level: KillLevel;
  readonly reason: string;
  /** One session: its account is latched, its own orders go. */
  readonly session?: string;
  /** An account by label or id: everything that it has open. Neither this nor a session: every account of a live session. */
  readonly account?: string;
  /** An account that is known by its keys in the environment alone: for when the vault cannot be read. */
  readonly direct?: { readonly venue: string; readonly environment: Environment };
  /** These symbols alone. */
  readonly symbols?: readonly string[];
  /** What is held, where no journal can tell: spot alone needs it. */
  readonly positions?: readonly GivenPosition[];
  /** As a fraction. */
  readonly collar: number;
  /** For canceling, and for closing, each. */
  readonly patienceMs: number;
  /** Only what adds risk is canceled; what reduces a position stays. */
  readonly sparesExits?: boolean;
  /** What the latch says, where it is not the level. */
  readonly latchLevel?: KillLevel;
}

/** What the latch says now, or why it could not be written. */
export type LatchWritten =
  | { readonly written: true; readonly scope: string; readonly target: string; readonly level: KillLevel | null }
  | { readonly written: false; readonly why: string };

export interface KilledAccount extends AccountKilled {
  readonly account: string;
  readonly venue: string;
  readonly environment: Environment;
  readonly sessions: readonly string[];
}

export interface KillReport {
  readonly level: KillLevel;
  readonly latches: readonly LatchWritten[];
  readonly accounts: readonly KilledAccount[];
  /** What could not be read or reached, and so was left out. */
  readonly faults: readonly string[];
  /** Whether every account that was meant is proven to be out of the market. */
  readonly verified: boolean;
  /** Since the beginning; null where nothing was canceled. */
  readonly lastCancelMs: number | null;
  readonly elapsedMs: number;
}

interface Target {
  readonly id: string | null;
  readonly label: string;
  readonly venue: string;
  readonly environment: Environment;
  readonly keys: () => Promise<ConnectionKeys>;
  readonly sessions: readonly LiveSession[];
}

const rank = (level: KillLevel): number => KILL_LEVELS.indexOf(level);

/**
 * Stops trading from outside: the latch first, then, at every account that is meant and all at once, its right to trade, its orders and its
 * positions. What of it cannot be done is said, and hinders nothing else. Rejects only for faults of its own.
 */
export async function runKill(
  request: KillRequest,
  world: KillWorld,
  tell: (line: string) => void,
): Promise<KillReport> {
  const { clock } = world;
  const startMs = clock.elapsedMs();
  const faults: string[] = [];
  const sessions = await tried('journals', () => withJournals(world, liveSessions), clock, faults);
  const targets = await targetsOf(request, sessions ?? [], world, faults);
  const latches = await latched(request, targets, world);
  for (const latch of latches)
    tell(
      latch.written ? `latched: ${latch.scope} ${latch.target}`.trim() : `the latch could not be written: ${latch.why}`,
    );
  const isDone = rank(request.level) < rank('cancel-all');
  const accounts = isDone
    ? []
    : await Promise.all(targets.map((target) => killTarget(request, target, world, tell, faults)));
  const done = accounts.filter((each) => each !== null);
  const lastMs = done.flatMap(({ canceling: { lastCancelMs } }) => (lastCancelMs === null ? [] : [lastCancelMs]));
  return {
    ...{ level: request.level, latches, accounts: done, faults },
    verified: isDone
      ? latches.every(({ written }) => written)
      : targets.length > 0 && done.length === targets.length && done.every(({ verified }) => verified),
    lastCancelMs: lastMs.length === 0 ? null : Math.max(...lastMs),
    elapsedMs: clock.elapsedMs() - startMs,
  };
}

/** The accounts that are meant. What cannot be found is a fault, never a reason to do nothing. */
async function targetsOf(
  { session, account, direct }: KillRequest,
  sessions: readonly LiveSession[],
  world: KillWorld,
  faults: string[],
): Promise<Target[]> {
  const keys = world.keys();
  if (direct !== undefined) {
    if (keys === null) {
      faults.push('keys: expected TRADEWRIGHT_API_KEY and TRADEWRIGHT_API_SECRET, found none');
      return [];
    }
    const own = sessions.filter(({ name }) => session === undefined || name === session);
    const meant = own.filter(
      ({ account: { venue, environment } }) => venue === direct.venue && environment === direct.environment,
    );
    const id = session === undefined ? null : (meant[0]?.account.id ?? null);
    return [{ ...direct, id, label: `${direct.venue} ${direct.environment}`, keys: async () => keys, sessions: meant }];
  }
  const named = session === undefined ? null : (sessions.find(({ name }) => name === session) ?? null);
  if (session !== undefined && named === null) {
    faults.push(`session ${session}: there is no live session of this name that can be read`);
    return [];
  }
  const vault = await tried('vault', () => world.vault(), world.clock, faults);
  const all = vault === null ? null : await tried('vault', () => vault.list(), world.clock, faults);
  if (vault === null || all === null) return [];
  const usable = all.filter(({ revokedAtMs }) => revokedAtMs === null);
  const ids = new Set(sessions.map((each) => each.account.id));
  const found = usable.filter(({ id, label }) =>
    named !== null
      ? id === named.account.id
      : account !== undefined
        ? id === account || label === account
        : ids.has(id),
  );
  if (found.length === 0)
    faults.push(
      `accounts: ${named !== null ? `that of session ${named.name}` : (account ?? 'any of a live session')} is not in the vault`,
    );
  return found.map(({ id, label, venue, environment }) => ({
    ...{ id, label, venue, environment, keys: () => vault.keys(id) },
    sessions: named !== null ? [named] : sessions.filter((each) => each.account.id === id),
  }));
}

/** A latch for each account, or one for everything where no account is named, or none is known. */
async function latched(
  { level, latchLevel = level, reason, session, account }: KillRequest,
  targets: readonly Target[],
  world: KillWorld,
): Promise<LatchWritten[]> {
  const { actor, clock } = world;
  const ids = targets.map(({ id }) => id);
  const isNamed = (session ?? account) !== undefined && ids.length > 0 && ids.every((id) => id !== null);
  const places = isNamed ? ids.map((id) => ['account', id!] as const) : [['system', ''] as const];
  const faults: string[] = [];
  const store = await tried('latches', () => world.latches(), clock, faults);
  if (store === null) return [{ written: false, why: faults.join('; ') }];
  try {
    const written: LatchWritten[] = [];
    for (const [scope, target] of places) {
      const latch = await tried(
        'latches',
        () => store.raise(scope, target, latchLevel, { actor, reason }),
        clock,
        faults,
      );
      written.push(
        latch === null ? { written: false, why: faults.at(-1)! } : { written: true, scope, target, level: latch.level },
      );
    }
    return written;
  } finally {
    await store.close();
  }
}

async function killTarget(
  request: KillRequest,
  target: Target,
  world: KillWorld,
  tell: (line: string) => void,
  faults: string[],
): Promise<KilledAccount | null> {
  const { clock } = world;
  const { id, label, venue, environment, sessions } = target;
  const opened = await tried(
    label,
    async () => openGateway(world.venues, venue, environment, await target.keys()),
    clock,
    faults,
  );
  if (opened === null) return null;
  const { gateway } = opened;
  const isOne = request.session !== undefined;
  const known = [...new Set(sessions.flatMap(({ pairs }) => pairs.map(({ symbol }) => symbol)))];
  const symbols = request.symbols ?? (isOne ? known : null);
  const { sparesExits = false } = request;
  /** Spot is never sold short here, and exits of derivatives are placed so that they can only reduce. */
  const isExit = (order: VenueOrder): boolean =>
    gateway.capabilities.positions ? order.reduceOnly : order.side === 'sell';
  const isMeant = (order: VenueOrder): boolean =>
    !(sparesExits && isExit(order)) && (!isOne || sessions.some(({ orderIds }) => isOf(orderIds, order.clientOrderId)));
  try {
    const killed = await killAccount({
      ...{ gateway, clock, cancelMs: request.patienceMs },
      scope: { symbols, otherwise: known, ...(isOne || sparesExits ? { isMeant } : {}) },
      lease:
        id === null
          ? null
          : { open: () => world.leases(), name: `account ${id}`, holder: world.holder, terms: world.terms },
      flatten:
        request.level === 'flatten'
          ? flatteningsOf({
              ...{ gateway, clock, account: id ?? label, sessions, sessionsOnly: isOne },
              ...{ symbols: request.symbols ?? null, positions: request.positions ?? [] },
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

/** What `work` answers; null, and a fault, where a place or a venue refuses or takes too long. */
async function tried<T>(what: string, work: () => Promise<T>, clock: Clock, faults: string[]): Promise<T | null> {
  try {
    const value = await within(clock, PLACE_MS, work());
    if (value === null) faults.push(`${what}: no answer within ${PLACE_MS / 1000} s`);
    return value;
  } catch (error) {
    const isKnown = [JournalError, LatchError, VaultError, VenueError].some((kind) => error instanceof kind);
    // A file that is not there or not ours is such a refusal, too.
    if (!isKnown && !(error instanceof Error && ('code' in error || 'errcode' in error))) throw error;
    faults.push(`${what}: ${(error as Error).message}`);
    return null;
  }
}
