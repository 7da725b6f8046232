import type { Scope } from '../../core/vocabulary/commands.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import { type Latch, LatchError } from '../../ports/latches.ts';
import type { AskSecret, ConnectionInfo } from '../../ports/secret-vault.ts';
import { Failure } from '../failures.ts';
import type { World } from '../world.ts';
import { usableAccounts } from './find-connection.ts';
import type { BegunSession } from './known-sessions.ts';
import { accountOf } from './session-about.ts';

/** What a latch is about. */
export interface Place {
  readonly scope: Scope;
  readonly target: string;
}

/** As it is typed and shown: `system`, or `strategy:sma-cross`. */
export const placeText = ({ scope, target }: Place): string => (target === '' ? scope : `${scope}:${target}`);

/** Whether a confirmation names the place once more: as it is shown, or as it was typed. */
export function isConfirmed(
  place: Place,
  given: {
    readonly scope?: Scope | undefined;
    readonly target?: string | undefined;
    readonly confirm?: string | undefined;
  },
): boolean {
  const { scope, target, confirm } = given;
  return (
    confirm === placeText(place) || (scope === 'account' && target !== undefined && confirm === `account:${target}`)
  );
}

/** Whether a latch holds something of a session. */
export function concerns({ scope, target }: Place, { name, about }: BegunSession): boolean {
  if (scope === 'system') return true;
  if (scope === 'account') return target === accountOf(name, about);
  if (scope === 'strategy') return target === about.strategy;
  return about.feeds.some(({ instrument }) => instrument.id === target);
}

/**
 * The place that a request names; sessions and accounts are listed only where they are needed for it. An account may be named by its label.
 * Rejects with {@link Failure} `input-invalid`.
 */
export async function placeOf(
  given: {
    readonly scope?: Scope | undefined;
    readonly target?: string | undefined;
    readonly session?: string | undefined;
  },
  list: () => Promise<readonly BegunSession[]>,
  accounts: () => Promise<readonly ConnectionInfo[]>,
): Promise<Place> {
  const { scope, target, session } = given;
  if (session !== undefined) {
    if ((scope !== undefined && scope !== 'account') || target !== undefined)
      throw invalid('session', 'session: it stands for its account; leave out --scope and --target, or --session');
    const all = await list();
    const known = all.find(({ name }) => name === session);
    if (!known)
      throw new Failure('session-unknown', `there is no session ${session}`, {
        details: { found: session, expected: all.map(({ name }) => name) },
      });
    return { scope: 'account', target: accountOf(known.name, known.about) };
  }
  if (scope === undefined || scope === 'system') {
    if (target === undefined) return { scope: 'system', target: '' };
    throw invalid('target', 'target: expected --scope account, strategy or instrument with it');
  }
  if (target === undefined) throw invalid('target', `target: expected the ${scope} that is meant, found nothing`);
  if (scope === 'account') return { scope, target: await accountNamed(target, list, accounts) };
  return {
    scope,
    target: scope === 'instrument' && !target.includes(':') ? instrumentOf(target, await list()) : target,
  };
}

/** What latches call the account of this name: that of a session, else of this label; the name itself where there is neither. */
async function accountNamed(
  name: string,
  list: () => Promise<readonly BegunSession[]>,
  accounts: () => Promise<readonly ConnectionInfo[]>,
): Promise<string> {
  if ((await list()).some((session) => accountOf(session.name, session.about) === name)) return name;
  const [found, other] = (await accounts()).filter(({ label }) => label === name);
  if (other !== undefined)
    throw invalid(
      'target',
      `target: several accounts are called ${name}: expected the id of one, ${found!.id} or ${other.id}`,
    );
  return found?.id ?? name;
}

/** Accounts that are kept; none where they cannot be read: what names one by its id must not wait for them. */
export async function keptAccounts(world: World, ask: AskSecret | null): Promise<readonly ConnectionInfo[]> {
  try {
    return await usableAccounts(await world.vaults.open(ask));
  } catch {
    return [];
  }
}

/** `BINANCE:BTCUSDT` for `btcusdt`, where the sessions leave no doubt. */
function instrumentOf(text: string, all: readonly BegunSession[]): string {
  const ids = all.flatMap(({ about }) => about.feeds.map(({ instrument }) => instrument.id));
  const found = [...new Set(ids)].filter((id) => id.endsWith(`:${text.toUpperCase()}`));
  if (found.length === 1) return found[0]!;
  const instead = found.length === 0 ? [...new Set(ids)] : found;
  throw invalid('target', `target: expected one of ${instead.join(', ') || 'VENUE:SYMBOL'}, found ${text}`);
}

function invalid(field: string, message: string): Failure {
  return new Failure('input-invalid', message, { details: { field } });
}

export function latchLine({ scope, target, level, epoch, actor, reason, atMs }: Latch) {
  return { scope, target, level, epoch, actor, reason, time: formatTime(atMs) };
}

/** Latches that hold something now; a message in their place where they cannot be read. */
export async function heldLatches(world: World): Promise<readonly Latch[] | string> {
  try {
    return (await (await world.control()).latches.all()).filter(({ level }) => level !== null);
  } catch (error) {
    if (error instanceof LatchError) return error.message;
    throw error;
  }
}
