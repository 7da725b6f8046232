import type { Scope } from '../../core/vocabulary/commands.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import { type Latch, LatchError } from '../../ports/latches.ts';
import { Failure } from '../failures.ts';
import type { World } from '../world.ts';
import { accountOf } from './session-about.ts';
import type { BegunSession } from './session-reader.ts';

/** What a latch is about. */
export interface Place {
  readonly scope: Scope;
  readonly target: string;
}

/** As it is typed and shown: `system`, or `strategy:sma-cross`. */
export const placeText = ({ scope, target }: Place): string => (target === '' ? scope : `${scope}:${target}`);

/** Whether a latch holds something of a session. */
export function concerns({ scope, target }: Place, { name, about }: BegunSession): boolean {
  if (scope === 'system') return true;
  if (scope === 'account') return target === accountOf(name, about);
  if (scope === 'strategy') return target === about.strategy;
  return about.feeds.some(({ instrument }) => instrument.id === target);
}

/** The place that a request names; sessions are listed only where they are needed for it. Rejects with {@link Failure} `input-invalid`. */
export async function placeOf(
  given: {
    readonly scope?: Scope | undefined;
    readonly target?: string | undefined;
    readonly session?: string | undefined;
  },
  list: () => Promise<readonly BegunSession[]>,
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
  return {
    scope,
    target: scope === 'instrument' && !target.includes(':') ? instrumentOf(target, await list()) : target,
  };
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
