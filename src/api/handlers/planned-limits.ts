import { limitsOf } from '../../core/research/backtest.ts';
import { LimitsError, withChanges } from '../../core/risk/limit-changes.ts';
import { type LimitsDefinition, limitsSchema } from '../../core/risk/limits.ts';
import type { CommandOutcome, SessionCommand } from '../../core/vocabulary/commands.ts';
import type { Json } from '../../core/vocabulary/json.ts';
import type { SessionCore } from '../../session/session-core.ts';
import { closest } from '../closest.ts';
import { Failure } from '../failures.ts';
import type { Input } from '../operations/table.ts';
import type { World } from '../world.ts';
import { runningSession } from './give-command.ts';
import { type BegunSession, knownSessions, runningOf } from './known-sessions.ts';
import { concerns, isConfirmed, keptAccounts, type Place, placeOf, placeText } from './latch-scope.ts';
import { readLimits } from './run-config.ts';
import { accountOf } from './session-about.ts';
import { readSession } from './session-reader.ts';

/** New limits for one session. */
export interface PlannedLimits {
  readonly session: BegunSession;
  readonly command: SessionCommand & { readonly type: 'set-limits' };
}

/** What a request asks of which sessions. */
export interface LimitsPlan {
  /** As a confirmation says it. */
  readonly place: string;
  readonly sessions: readonly PlannedLimits[];
  /** Sessions that are meant, too, and do not run. */
  readonly absent: readonly string[];
}

const NAMES = Object.keys(limitsSchema.shape);

/** Throws {@link Failure} for values that no session could take, and where no session is meant that runs. */
export async function limitsPlan(input: Input<'limits-set'>, world: World): Promise<LimitsPlan> {
  const values = valuesOf(input, world);
  const { place, meant, absent } = await meantBy(input, world);
  const expected = placeText(place);
  const confirmed = isConfirmed(place, input);
  if (input.confirm !== undefined && !confirmed)
    throw new Failure(
      'not-confirmed',
      `confirm: expected the scope once more, --confirm ${expected}, found ${input.confirm}`,
      { hint: `Give it with --confirm ${expected}.`, details: { field: 'confirm', expected, found: input.confirm } },
    );
  const scope = place.scope === 'system' ? 'account' : place.scope;
  const target = scope === 'account' ? {} : { target: place.target };
  const sessions = meant.map((session): PlannedLimits => {
    const { leverage } = session.about.desk as { readonly leverage?: number };
    // A file means for the account what it would mean at the beginning.
    const limits = (
      input.limits === undefined || scope !== 'account'
        ? values
        : limitsSchema.parse(limitsOf({ leverage: leverage ?? 1, limits: values as LimitsDefinition }))
    ) as PlannedLimits['command']['limits'];
    return {
      session,
      command: {
        type: 'set-limits',
        reason: input.reason,
        scope,
        ...target,
        limits,
        ...(confirmed ? { confirmed } : {}),
      },
    };
  });
  return { place: expected, sessions, absent };
}

/** New values by name. Throws {@link Failure} `limits-invalid`, with the nearest name where one is mistyped. */
function valuesOf(input: Input<'limits-set'>, world: World): Record<string, Json> {
  const given = Object.entries(input.values);
  if ((input.limits === undefined) === (given.length === 0))
    throw new Failure(
      'input-invalid',
      'values: expected either limits with their values or --limits, found both or neither',
      {
        hint: "For example: tradewright limits set positionPct=20 --reason 'quiet week'",
        details: { field: 'values' },
      },
    );
  if (input.limits !== undefined) return { ...(readLimits(input.limits, world) as Record<string, Json>) };
  const values: Record<string, Json> = {};
  for (const [typed, value] of given) {
    const name = typed.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if (!NAMES.includes(name)) {
      const near = closest(name, NAMES);
      throw new Failure('limits-invalid', `${typed}: there is no such limit`, {
        hint: near === null ? `Limits: ${NAMES.join(', ')}.` : `Did you mean ${near}?`,
        details: { field: typed, expected: NAMES },
      });
    }
    values[name] = typeof value === 'string' ? wordOf(name, value) : value;
  }
  try {
    withChanges(limitsSchema.parse({}), values);
  } catch (error) {
    if (!(error instanceof LimitsError)) throw error;
    throw new Failure('limits-invalid', error.message, { details: { field: error.field } });
  }
  return values;
}

/** A value as it is typed. What is no number stays text, and the schema says what it expected. */
function wordOf(name: string, text: string): Json {
  if (/^(?:off|null|none)$/.test(text)) return name === 'requireStop' ? false : null;
  if (text === 'true' || text === 'false') return text === 'true';
  if (name === 'orderTypes') return text.split(',').map((type) => type.trim());
  return /^-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?$/i.test(text) ? Number(text) : text;
}

interface Meant {
  readonly place: Place;
  readonly meant: readonly BegunSession[];
  readonly absent: readonly string[];
}

async function meantBy(input: Input<'limits-set'>, world: World): Promise<Meant> {
  const { scope, target, session: name } = input;
  const accounts = () => keptAccounts(world, null);
  if (name !== undefined || scope === undefined) {
    const session = await runningSession(name, world);
    if (scope !== 'strategy' && scope !== 'instrument') {
      if (target !== undefined)
        throw new Failure('input-invalid', 'target: expected --scope account, strategy or instrument with it', {
          details: { field: 'target' },
        });
      const account = accountOf(session.name, session.about);
      return { place: { scope: 'account', target: account }, meant: [session], absent: [] };
    }
    const place = await placeOf({ scope, target }, async () => [session], accounts);
    if (!concerns(place, session))
      throw new Failure('input-invalid', `target: session ${session.name} has no ${scope} ${place.target}`, {
        details: { field: 'target', found: place.target },
      });
    return { place, meant: [session], absent: [] };
  }
  const all = await knownSessions(world);
  const place = await placeOf({ scope, target }, async () => all, accounts);
  const concerned = all.filter((session) => concerns(place, session));
  const meant = await runningOf(concerned, world);
  if (meant.length === 0)
    throw new Failure('session-not-running', `no session that runs has ${placeText(place)}`, {
      hint: 'A session that does not run keeps its limits: start it again, then change them.',
      details: { field: 'scope' },
    });
  return { place, meant, absent: concerned.filter((each) => !meant.includes(each)).map((each) => each.name) };
}

/** Gives it to a copy of the session, made from its journal; as if confirmed where wanted, to see what would come of it. */
export async function trialOf(
  { session, command }: PlannedLimits,
  world: World,
  asConfirmed = false,
): Promise<{ readonly core: SessionCore; readonly outcome: CommandOutcome }> {
  const { core } = await readSession(session, world);
  const given = asConfirmed ? { ...command, confirmed: true } : command;
  return { core, outcome: core.engine.command(given, world.actor) };
}

/** Why a session does not take it; null where it does, or has these limits already. */
export function refusalOf({ place }: LimitsPlan, { session }: PlannedLimits, outcome: CommandOutcome): Failure | null {
  if (outcome.done || outcome.code === 'nothing-to-do') return null;
  const { code, message } = outcome;
  const text = `session ${session.name}: ${message}`;
  if (code === 'not-confirmed')
    return new Failure('not-confirmed', text, {
      hint: `Give it again with --confirm ${place}.`,
      details: { field: 'confirm', expected: place },
    });
  return new Failure(code === 'limits-invalid' ? 'limits-invalid' : 'command-refused', text, {
    details: { session: session.name, reason: code },
  });
}
