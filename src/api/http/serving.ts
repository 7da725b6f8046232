import { type Json, orderlessText } from '../../core/vocabulary/json.ts';
import { DRY_RUN_SCHEMA } from '../dry-run.ts';
import { Failure } from '../failures.ts';
import { inputFailure } from '../input-failure.ts';
import { schemaName, type Warning } from '../operation.ts';
import { type OperationId, operationOf } from '../operations/table.ts';
import { type Role, requireRole } from '../roles.ts';
import type { Call, IsolatedCall, World } from '../world.ts';
import type { Client } from './access.ts';
import { inWordsOf } from './path-words.ts';
import { operationInput, type Route } from './routes.ts';

/** Carries an operation out in this thread: `execute` of the handlers. */
export type Execute = (
  id: OperationId,
  given: Readonly<Record<string, Json>>,
  world: World,
  call: Omit<Call, 'given' | 'askSecret'> & Partial<Pick<Call, 'askSecret'>>,
) => Promise<unknown>;

type Given = Readonly<Record<string, Json>>;

export interface Hooks {
  readonly progress: (phase: string, done: number, total: number) => void;
  readonly update: (update: unknown) => void;
  readonly stop: AbortSignal;
  /** Who answers what the operation asks; absent or null where nobody does. */
  readonly askSecret?: Call['askSecret'];
}

/** The one object that a result is told by. */
export interface Envelope {
  readonly schema: string;
  readonly ok: true;
  readonly data: unknown;
  readonly warnings: readonly Warning[];
}

/** Name of what a route answers. */
export function schemaOf({ operation, face }: Route): string {
  if (face?.isJob === true) return schemaName(operationOf('jobs-add'));
  if (face?.answer === undefined) return schemaName(operation);
  return schemaName({ name: face.path.replaceAll(/[/{}]+/g, ' ').trim() });
}

/** Carries out what clients of a server ask, strategies in threads of their own. */
export class Serving {
  readonly #world: World;
  readonly #execute: Execute;
  /** Null: all of them. */
  readonly #roles: ReadonlySet<Role> | null;

  constructor(world: World, execute: Execute, roles: ReadonlySet<Role> | null = null) {
    this.#roles = roles;
    this.#world = world;
    this.#execute = execute;
  }

  /** Refuses what this process does not hold, and input that the operation does not take, before anything is begun. Throws {@link Failure} `role-missing`, `input-invalid`. */
  validate({ operation, input }: Route, given: Readonly<Record<string, Json>>): void {
    if (this.#roles !== null) requireRole(operation, this.#roles);
    const parsed = input.safeParse(given);
    if (parsed.success) return;
    const { message, details } = inputFailure(parsed.error, operation.handlesSecrets ? {} : given, null);
    throw new Failure('input-invalid', message, {
      hint: '/openapi.json and /docs say what each field takes.',
      details,
    });
  }

  async run(route: Route, given: Given, client: Client, hooks: Hooks): Promise<Envelope> {
    const { id, operation } = route;
    if (this.#roles !== null) requireRole(operation, this.#roles);
    if (operation.isLasting !== true)
      return this.#carryOut(route, given, client, hooks).catch((error: unknown) => {
        throw inWordsOf(route, error);
      });
    const { cache, version } = this.#world;
    const key = `${version}:${id}:${orderlessText(given)}`;
    const known = await cache.get('query', key);
    if (known !== undefined) return known as unknown as Envelope;
    const envelope = await this.#carryOut(route, given, client, hooks);
    await cache.set('query', { [key]: envelope as unknown as Json });
    return envelope;
  }

  async #enqueue({ id }: Route, input: Given, client: Client): Promise<Envelope> {
    const world = { ...this.#world, actor: `${client.name} by ${this.#world.actor}` };
    const never = new AbortController().signal;
    const call = { warn() {}, update() {}, progress: () => true, stop: never };
    const data = await this.#execute('jobs-add', { operation: id, input: { ...input } }, world, call);
    return { schema: schemaName(operationOf('jobs-add')), ok: true, data, warnings: [] };
  }

  async #carryOut(route: Route, given: Given, client: Client, hooks: Hooks): Promise<Envelope> {
    const { id, operation } = route;
    const warnings: Warning[] = [];
    const warn = (warning: Warning): void => void warnings.push(warning);
    const asked = operationInput(route, given);
    const isTried = operation.kind === 'command' && asked['dryRun'] === true;
    if (route.face?.isJob === true && !isTried) return this.#enqueue(route, asked, client);
    // What is only tried may replay a journal for it.
    const isIsolated = operation.runsStrategies === true || operation.isHeavy === true || isTried;
    const { progress, update, stop } = hooks;
    const actor = `${client.name} by ${this.#world.actor}`;
    const call: IsolatedCall = { progress, update, stop, warn, actor };
    // The keys in the environment are for one call of a command line: no client has them sent anywhere.
    const world = { ...this.#world, actor, venueKeys: () => null };
    const data = isIsolated
      ? await world.isolate(id, asked, call)
      : await this.#execute(id, asked, world, {
          ...{ warn, update: hooks.update, stop: hooks.stop, askSecret: hooks.askSecret ?? null },
          progress: (phase, done, total) => {
            hooks.progress(phase, done, total);
            return !hooks.stop.aborted;
          },
        });
    if (isTried) return { schema: DRY_RUN_SCHEMA, ok: true, data, warnings };
    const { answer } = route.face ?? {};
    return {
      schema: schemaOf(route),
      ok: true,
      data: answer === undefined ? data : answer.of(data as never),
      warnings,
    };
  }
}
