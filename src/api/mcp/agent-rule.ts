import type { Json } from '../../core/vocabulary/json.ts';
import { ENVIRONMENTS } from '../../ports/secret-vault.ts';
import { Failure } from '../failures.ts';
import { runningSession } from '../handlers/give-command.ts';
import { knownSessions } from '../handlers/known-sessions.ts';
import { concerns, keptAccounts, placeOf } from '../handlers/latch-scope.ts';
import type { SessionAbout } from '../handlers/session-about.ts';
import type { Input, OperationId } from '../operations/table.ts';
import { operationOf } from '../operations/table.ts';
import type { World } from '../world.ts';

type Given = Readonly<Record<string, Json>>;

/** Where the orders of a session go. */
export const SESSION_STAGES = ['paper', ...ENVIRONMENTS] as const;
export type SessionStage = (typeof SESSION_STAGES)[number];

/**
 * What an agent may do to trading, given its scopes. `safer`: it only lowers what can be lost, and is allowed everywhere. `unless-live`: where
 * no real money is. `unconfirmed`: everywhere, but without the confirmation that a person gives to what adds risk. What is not named is never allowed, so that a new operation is not until somebody has thought about it.
 */
const RULES: { readonly [K in OperationId]?: 'always' | 'safer' | 'unless-live' | 'unconfirmed' } = {
  // Play money, whatever is given.
  'strategy-start': 'always',
  'order-buy': 'unless-live',
  'order-sell': 'unless-live',
  'order-place': 'unless-live',
  'order-amend': 'unless-live',
  'order-cancel-all': 'safer',
  // Also of a stop: a live session closes a position that has none.
  'order-cancel': 'safer',
  pause: 'safer',
  stop: 'safer',
  'deployment-rm': 'safer',
  // A level only rises.
  kill: 'safer',
  // Without the confirmation that it may not give, limits only become stricter.
  'limits-set': 'unconfirmed',
  'strategy-demote': 'safer',
  // A strategy may order on it whatever its limits allow.
  'source-give': 'unless-live',
  resume: 'unless-live',
  rearm: 'unless-live',
};

export type AgentRule = 'always' | 'safer' | 'unless-live' | 'unconfirmed' | 'never';

/** The rule of an operation. What does not trade, or hold trading back, is a matter of scopes alone. */
export function agentRule(id: OperationId): AgentRule {
  const { scope } = operationOf(id);
  if (scope === 'read' || scope === 'research') return 'always';
  return scope === 'admin' ? 'never' : (RULES[id] ?? 'never');
}

/** Where a session's orders go; `live` wherever that is not known for sure. */
export function stageOf(about: Pick<SessionAbout, 'schema' | 'account'> | null): SessionStage {
  if (about?.schema !== 'tradewright.session/1') return 'live';
  if (about.account === undefined) return 'paper';
  return ENVIRONMENTS.find((each) => each === about.account?.environment) ?? 'live';
}

/**
 * Refuses what an agent may not do, and answers the request for the very session that was looked at. The input is one that the operation takes.
 * Rejects with {@link Failure} `agent-refused`.
 */
export async function asAgentMay(id: OperationId, given: Given, world: World): Promise<Given> {
  const rule = agentRule(id);
  if (rule === 'always' || rule === 'safer') return given;
  const { name } = operationOf(id);
  if (rule === 'unconfirmed') {
    if (given['confirm'] === undefined) return given;
    throw new Failure('agent-refused', `${name}: an agent may only make limits stricter, and confirms nothing`, {
      details: { field: 'confirm' },
    });
  }
  if (rule === 'never') throw new Failure('agent-refused', `${name} is for people`);
  const { stage, what, bound } = await concerned(id, given, world);
  if (stage !== 'live') return bound;
  throw new Failure('agent-refused', `${name} concerns ${what}: there an agent may only make things safer`, {
    details: { found: 'live', expected: SESSION_STAGES.filter((each) => each !== 'live') },
  });
}

async function concerned(
  id: OperationId,
  given: Given,
  world: World,
): Promise<{ readonly stage: SessionStage; readonly what: string; readonly bound: Given }> {
  if (id !== 'rearm') {
    const { name, about } = await runningSession(given['session'] as string | undefined, world);
    // By name from now on: "the only one that runs" may be another one in a moment.
    return {
      stage: stageOf(about),
      what: `session ${name}, which trades real money`,
      bound: { ...given, session: name },
    };
  }
  const all = await knownSessions(world);
  const place = await placeOf(
    given as Input<'rearm'>,
    async () => all,
    () => keptAccounts(world, null),
  );
  const wide = { stage: 'live', what: `more than sessions without real money`, bound: given } as const;
  // A latch of everything, of a strategy or of an instrument also holds for a live session that is yet to come.
  if (place.scope !== 'account') return wide;
  const stages = all.filter((session) => concerns(place, session)).map(({ about }) => stageOf(about));
  if (stages.length === 0 || stages.includes('live'))
    return { ...wide, what: `account ${place.target}, which may have real money` };
  return { stage: stages[0]!, what: place.target, bound: given };
}
