import type { Json } from '../../core/vocabulary/json.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { isRunning } from './known-sessions.ts';
import { type LoadedStrategy, loadStrategy } from './load-strategy.ts';
import { withPlannedPaper } from './paper.ts';
import { sessionNameOf } from './run-session.ts';
import { accountOf } from './session-about.ts';

/** Each is a thread beside those that trade money: who may only play must not be able to crowd them out. */
const MOST_EACH = 16;

type Given = Input<'strategy-start'>;

/** What {@link strategyStart} would keep, with everything looked at that could be refused. */
export interface PlannedStart {
  /** Null: named when it is kept. */
  readonly name: string | null;
  readonly loaded: LoadedStrategy;
  readonly currency: string;
  readonly isResumed: boolean;
  /** Processes that execute now. */
  readonly traders: number;
}

/** Keeps what `paper` is to be given. Rejects with {@link Failure} as `paper` does, and with `deployment-exists`, `session-running`, `server-busy`. */
export async function strategyStart(input: Given, world: World, call: Call): Promise<Output<'strategy-start'>> {
  const { name, loaded, isResumed, traders } = await plannedStart(input, world);
  const places = await world.deployments();
  const keep = (session: string): Promise<boolean> =>
    places.add({
      ...{ session, operation: 'paper', account: accountOf(session, {}), label: session, actor: world.actor },
      // As it was asked for: defaults are those of whoever runs it, as when a person types it.
      input: { ...call.given, session } as Readonly<Record<string, Json>>,
    });
  const first = name ?? sessionNameOf(loaded.strategy.def.id, world);
  let session = first;
  // Two may begin within one second.
  for (let n = 2; !(await keep(session)); n++) {
    if (name !== null) throw isDeployed(session);
    session = `${first}-${n}`;
  }
  if (traders === 0)
    call.warn({
      code: 'nobody-executes',
      message: 'no process executes now: the session begins when one does',
      hint: 'Start one: tradewright serve.',
    });
  return { session, strategy: loaded.strategy.def.id, venue: input.venue, resumed: isResumed };
}

/** Looks at everything that `paper` would refuse, and changes nothing. */
export async function plannedStart(input: Given, world: World): Promise<PlannedStart> {
  const name = input.session ?? null;
  const places = await world.deployments();
  const [all, traders] = await Promise.all([places.all(), places.traders()]);
  if (all.some(({ session }) => session === name)) throw isDeployed(name!);
  const most = MOST_EACH * Math.max(1, traders.length);
  if (all.filter(({ operation }) => operation === 'paper').length >= most)
    throw new Failure('server-busy', `servers keep ${most} paper sessions already, as many as they may`, {
      hint: 'End one first: tradewright deployment ls lists them, tradewright deployment rm ends one.',
      details: { found: most },
    });
  if (name !== null && (await isRunning(name, world)))
    throw new Failure('session-running', `session ${name} is running already`, { details: { field: 'session' } });
  const loaded = await loadStrategy(input.strategy, world);
  return withPlannedPaper(
    name ?? sessionNameOf(loaded.strategy.def.id, world),
    input,
    loaded,
    world,
    async ({ fresh, isResumed, about }) => {
      fresh();
      return { name, loaded, isResumed, currency: about.desk['currency'] as string, traders: traders.length };
    },
  );
}

const isDeployed = (session: string): Failure =>
  new Failure('deployment-exists', `session ${session} is kept by servers already`, {
    details: { session, field: 'session' },
  });
