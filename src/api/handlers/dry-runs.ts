import type { CommandOutcome, SessionCommand } from '../../core/vocabulary/commands.ts';
import type { Size } from '../../core/vocabulary/intent.ts';
import { isAbove, limitLines } from '../../session/limit-lines.ts';
import type { SessionCore } from '../../session/session-core.ts';
import { openOrdersOf } from '../../session/session-view.ts';
import { type DryRun, ruleLine } from '../dry-run.ts';
import { Failure } from '../failures.ts';
import type { Input, OperationId } from '../operations/table.ts';
import { operationOf } from '../operations/table.ts';
import type { World } from '../world.ts';
import { importTrial } from './import-trial.ts';
import { killedPlace } from './kill.ts';
import { begunSessions, isRunning } from './known-sessions.ts';
import { concerns, placeText } from './latch-scope.ts';
import { changesOf } from './limits.ts';
import {
  amendment,
  cancelation,
  cancelationOfAll,
  deploymentOf,
  type PlannedCommand,
  placement,
  sessionEnd,
  strategyStart,
  valueGiven,
  waitingDeployment,
} from './planned-command.ts';
import { limitsPlan, refusalOf, trialOf } from './planned-limits.ts';
import { executionExecute } from './quotes.ts';
import { readSession } from './session-reader.ts';
import { plannedStart } from './strategy-start.ts';

type Tried = Omit<DryRun, 'operation'>;
type Trial<K extends OperationId> = (input: Input<K>, world: World) => Promise<Tried>;

/** Commands of which more can be said than that their input is right. */
const TRIALS: { readonly [K in OperationId]?: Trial<K> } = {
  'order-place': async (input, world) => onCopy(await placement(input, world), world),
  'order-buy': async (input, world) => onCopy(await placement({ ...input, side: 'buy' }, world), world),
  'order-sell': async (input, world) => onCopy(await placement({ ...input, side: 'sell' }, world), world),
  'order-amend': async (input, world) => onCopy(await amendment(input, world), world),
  'order-cancel': async (input, world) => onCopy(await cancelation(input, world), world),
  'order-cancel-all': async (input, world) => onCopy(await cancelationOfAll(input, world), world),
  'source-give': async (input, world) => onCopy(await valueGiven(input, world), world),
  pause: async (input, world) => onCopy(await strategyStart('pause-strategy', input, world), world),
  resume: async (input, world) => onCopy(await strategyStart('start-strategy', input, world), world),
  async stop(input, world) {
    const waiting = await waitingDeployment(input, world);
    if (waiting !== null) return allowed([`have servers begin session ${waiting.session} no more`]);
    const { session } = await sessionEnd(input, world);
    const kept = await deploymentOf(session.name, world);
    const after =
      kept === null
        ? []
        : kept.operation === 'paper'
          ? ['have servers keep it no longer']
          : ['see servers begin it again, as it is deployed: deployment rm ends it'];
    return allowed([`end session ${session.name}`, ...after]);
  },
  async 'strategy-start'(input, world) {
    const { name, loaded, currency, isResumed, traders } = await plannedStart(input, world);
    const { id } = loaded.strategy.def;
    const what = `${id} on ${input.symbols.join(', ')} of ${input.venue}, bars of ${input.timeframe}, with ${input.cash} ${currency} of play money`;
    const servers = `${traders} ${traders === 1 ? 'process executes' : 'processes execute'}`;
    return allowed([
      isResumed
        ? `go on with paper session ${name}: ${what}`
        : `begin ${name === null ? 'a paper session' : `paper session ${name}`}: ${what}`,
      traders === 0
        ? 'wait for a server: no process executes now'
        : `have servers keep it running until it is stopped: ${servers}`,
    ]);
  },
  'limits-set': limitsTrial,
  'data-import': importTrial,
  'execution-execute': () => executionExecute(),
  async kill(input, world) {
    const place = await killedPlace(input, world, null);
    const concerned = (await begunSessions(world)).sessions.filter((session) => concerns(place, session));
    const effects = concerned.map(async ({ name }) =>
      (await isRunning(name, world))
        ? `session ${name}, which runs, heeds it within a moment`
        : `session ${name} heeds it at its next start`,
    );
    return allowed([`latch ${input.level} for ${placeText(place)}`, ...(await Promise.all(effects))]);
  },
};

/** What a command would do. Throws as the command would where what it names is not there. */
export async function tried(id: OperationId, input: Readonly<Record<string, unknown>>, world: World): Promise<DryRun> {
  const { name, summary } = operationOf(id);
  const trial = TRIALS[id] as ((given: object, of: World) => Promise<Tried>) | undefined;
  if (trial !== undefined) return { operation: name, ...(await trial(input, world)) };
  const lower = summary.charAt(0).toLowerCase() + summary.slice(1);
  return { operation: name, would: [lower], allowed: null, refusal: null, rules: [], imports: [] };
}

/** What would change in each session, and what of its positions and orders would be beyond it then. */
async function limitsTrial(input: Input<'limits-set'>, world: World): Promise<Tried> {
  const plan = await limitsPlan(input, world);
  const would: string[] = [];
  let refusal: Failure | null = null;
  for (const planned of plan.sessions) {
    const { name } = planned.session;
    const { core, outcome } = await trialOf(planned, world, true);
    const changes = changesOf(core).at(-1)?.changes ?? [];
    if (!outcome.done) would.push(`change nothing in session ${name}`);
    else
      for (const { limit, before, after } of changes)
        would.push(`set ${limit} of ${plan.place} in session ${name} from ${shown(before)} to ${shown(after)}`);
    if (outcome.done)
      for (const { limit, of, used, allowed: most } of limitLines(core).filter(isAbove))
        would.push(`find ${limit} of ${of} above in session ${name}: ${used} of ${most}; nothing of it is closed`);
    refusal ??= refusalOf(plan, planned, (await trialOf(planned, world)).outcome);
  }
  for (const name of plan.absent) would.push(`leave session ${name}, which does not run, as it is`);
  const asked = refusal?.code === 'not-confirmed' ? `; it takes --confirm ${plan.place}` : '';
  const why = refusal === null ? null : { code: refusal.code, message: `${refusal.message}${asked}` };
  return { would, allowed: refusal === null, refusal: why, rules: [], imports: [] };
}

const shown = (value: unknown): string =>
  value === null ? 'off' : typeof value === 'string' ? value : JSON.stringify(value);

const allowed = (would: string[]): Tried => ({ would, allowed: true, refusal: null, rules: [], imports: [] });

/** Gives a command to a copy of the session, made from its journal: risk says what it would say, and nobody hears of it. */
async function onCopy({ session, command }: PlannedCommand, world: World): Promise<Tried> {
  const { core } = await readSession(session, world);
  const { engine } = core;
  let rules: Tried['rules'] = [];
  const becomes: string[] = [];
  engine.desk.dispatch.witness = (draft, view) => {
    if (rules.length > 0) return;
    rules = engine.risk.explain(draft, view).map((line) => ruleLine().parse(line));
    const instrument = engine.state.instruments[draft.instrument]!;
    if (command.type !== 'place-order') return;
    const { size, stop, trail, target } = command.entry;
    // What a share of the equity or a distance comes to is for the engine to say.
    if (!('qty' in size)) becomes.push(`that is ${instrument.quantity(draft.lots)} ${instrument.id}`);
    const stopName = stop === undefined ? 'trailing stop' : 'stop';
    const levels = [
      ...(stop === undefined && trail === undefined ? [] : [`${stopName} at ${instrument.priceText(draft.stopTicks)}`]),
      ...(target === undefined ? [] : [`target at ${instrument.priceText(draft.targetTicks)}`]),
    ];
    if (levels.length > 0)
      becomes.push(`with its ${levels.join(' and its ')}, if it fills at the price that is expected now`);
  };
  if (command.type === 'stop-session' || command.type === 'heed-latches')
    throw new Failure('unexpected', `${command.type} is no command of an engine`);
  // A strategy is told of what becomes of its orders, and of values.
  const outcome = world.strategyFiles.sealed(() => engine.command(command));
  const refusal = outcome.done ? null : { code: outcome.code, message: outcome.message };
  const would = [`${textOf(command)} in session ${session.name}`];
  would.push(...becomes);
  if (outcome.done && outcome.canceled !== undefined) would.push(`cancel ${outcome.canceled} of its orders`);
  if (outcome.done && outcome.placed !== undefined) would.push(...reactionText(core, outcome));
  return { would, allowed: outcome.done, refusal, rules, imports: [] };
}

function textOf(command: SessionCommand): string {
  switch (command.type) {
    case 'place-order': {
      const { side, instrument, entry } = command;
      const { size, limit, trigger, stop, target, trail } = entry;
      const levels = (named: Readonly<Record<string, unknown>>): readonly string[] =>
        Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${levelText(value)}`]));
      const how = limit === undefined && trigger === undefined ? ['at market'] : levels({ limit, trigger });
      const entered = [side, sizeText(size), instrument, ...how].join(' ');
      return [entered, ...levels({ stop, 'trailing stop': trail, target })].join(', ');
    }
    case 'amend-order': {
      const { order, price, quantity } = command;
      return `amend ${order}${price === undefined ? '' : ` to price ${price}`}${quantity === undefined ? '' : ` to quantity ${quantity}`}`;
    }
    case 'cancel-order':
      return `cancel ${command.order}`;
    case 'cancel-all-orders':
      return `cancel every open order${command.instrument === undefined ? '' : ` of ${command.instrument}`}`;
    case 'give-value':
      return `tell the value ${JSON.stringify(command.value)} of ${command.source}`;
    case 'pause-strategy':
      return `pause ${command.strategy}`;
    case 'start-strategy':
      return `let ${command.strategy} go on`;
    default:
      return command.type;
  }
}

/** What strategies order on hearing of a value. */
function reactionText(core: SessionCore, { placed = [], refused = [] }: CommandOutcome & { done: true }): string[] {
  const orders = openOrdersOf(core).filter(({ order }) => placed.includes(order));
  const told = orders.map(
    ({ side, quantity, instrument, why }) => `see the strategy ${side} ${quantity} ${instrument}: ${why}`,
  );
  const none = placed.length === 0 && refused.length === 0 ? ['see the strategy order nothing'] : [];
  return [...told, ...refused.map((code) => `see an order of the strategy refused: ${code}`), ...none];
}

function sizeText(size: Size): string {
  const [kind, amount] = Object.entries(size)[0]!;
  if (kind === 'pctEquity') return `${percent(amount)} of the equity in`;
  if (kind === 'riskPct') return `${percent(amount)} of the equity at risk in`;
  return `${kind} ${amount}`;
}

function levelText(level: unknown): string {
  if (typeof level !== 'object' || level === null) return String(level);
  const [kind, value] = Object.entries(level)[0] as [string, number];
  if (kind === 'pct') return `${percent(value)} away`;
  if (kind === 'r') return `${value} times the risk away`;
  return kind === 'atr' || kind === 'ticks' ? `${value} ${kind} away` : String(value);
}

const percent = (part: number): string => `${+(part * 100).toFixed(6)} %`;
