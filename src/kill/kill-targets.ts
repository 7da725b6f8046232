import type { KillWorld } from '../ports/kill-world.ts';
import type { ConnectionInfo, ConnectionKeys, Environment } from '../ports/secret-vault.ts';
import { isAccount } from '../ports/stand-in-venue.ts';
import { type KillPlace, KillPlaceUnknown, type KillRequest } from './kill-request.ts';
import type { LiveSession, LiveSessions } from './live-sessions.ts';
import { PERSON_MS, tried } from './tried.ts';

/** An account that is to be taken out of the market. */
export interface Target {
  /** Null where only its keys are known. */
  readonly id: string | null;
  readonly label: string;
  readonly venue: string;
  readonly environment: Environment;
  readonly keys: () => Promise<ConnectionKeys>;
  /** Those that are meant. */
  readonly sessions: readonly LiveSession[];
  /** Whether only what is a session's goes. */
  readonly sessionsOnly: boolean;
  /** Symbols that alone are meant; null: all of them. */
  readonly symbols: readonly string[] | null;
}

/** Sessions of what is meant; null where the place names an account, which the vault alone knows. Throws {@link KillPlaceUnknown}. */
export function sessionsOf(place: KillPlace, found: LiveSessions | null): readonly LiveSession[] | null {
  if (place.kind === 'account') return null;
  if (found === null) return [];
  const { sessions: all, unread } = found;
  if (place.kind === 'system') return all;
  if (place.kind === 'strategy') return all.filter(({ strategy }) => strategy === place.strategy);
  if (place.kind === 'instrument') return all.filter(({ pairs }) => pairs.some(({ id }) => id === place.instrument));
  return place.names.map((name) => {
    const known = all.find((session) => session.name === name);
    if (known !== undefined) return known;
    const broken = unread.find((each) => each.name === name);
    throw new KillPlaceUnknown(
      broken === undefined
        ? `--session: expected one of ${all.map((each) => each.name).join(', ') || 'no live session: there is none here, see --home'}, found ${name}; nothing was done`
        : `--session: expected one that says which account it trades, found ${name}: ${broken.why} Nothing was done: name its account with --account`,
    );
  });
}

/**
 * The accounts that are meant. What cannot be read is a fault, never a reason to do nothing; a label that a vault does not know is one: throws
 * {@link KillPlaceUnknown}.
 */
export async function targetsOf(
  request: KillRequest,
  all: readonly LiveSession[],
  meant: readonly LiveSession[] | null,
  world: KillWorld,
  faults: string[],
): Promise<Target[]> {
  const { place, direct } = request;
  const sessionsOnly = place.kind === 'sessions' || place.kind === 'strategy';
  const own = place.kind === 'instrument' ? [place.instrument.slice(place.instrument.indexOf(':') + 1)] : null;
  const symbols = request.symbols ?? own;
  if (direct !== undefined) {
    const keys = world.keys();
    if (keys === null) {
      faults.push('keys: expected TRADEWRIGHT_API_KEY and TRADEWRIGHT_API_SECRET, found none');
      return [];
    }
    const sessions = (meant ?? all).filter(
      ({ account: { venue, environment } }) => venue === direct.venue && environment === direct.environment,
    );
    const id = sessionsOnly ? (sessions[0]?.account.id ?? null) : null;
    const label = `${direct.venue} ${direct.environment}`;
    return [{ ...direct, id, label, keys: async () => keys, sessions, sessionsOnly, symbols }];
  }
  if (meant?.length === 0) {
    faults.push('sessions: no live session is meant that can be read; see --home, or name an account');
    return [];
  }
  const vault = await tried('vault', () => world.vault(), world.clock, faults, PERSON_MS);
  const known = vault === null ? null : await tried('vault', () => vault.list(), world.clock, faults);
  if (vault === null || known === null) return [];
  const usable = known.filter((each) => each.revokedAtMs === null && isAccount(each));
  const found = meant === null ? named(place, usable) : held(meant, usable, faults);
  return found.map(({ id, label, venue, environment }) => ({
    ...{ id, label, venue, environment, sessionsOnly, symbols, keys: () => vault.keys(id) },
    sessions: (meant ?? all).filter((each) => each.account.id === id),
  }));
}

function named(place: KillPlace, usable: readonly ConnectionInfo[]): readonly ConnectionInfo[] {
  const account = place.kind === 'account' ? place.account : '';
  const found = usable.filter(({ id, label }) => id === account || label === account);
  if (found.length > 0) return found;
  throw new KillPlaceUnknown(
    `--account: expected one of ${usable.map(({ label }) => label).join(', ') || 'no account: none is kept here, see --home'}, found ${account}; nothing was done`,
  );
}

function held(meant: readonly LiveSession[], usable: readonly ConnectionInfo[], faults: string[]): ConnectionInfo[] {
  const ids = [...new Set(meant.map(({ account }) => account.id))];
  return ids.flatMap((wanted) => {
    const found = usable.find(({ id }) => id === wanted);
    if (found === undefined) faults.push(`vault: account ${wanted} is not in it, or was revoked`);
    return found === undefined ? [] : [found];
  });
}
