import { type Json, orderlessText } from '../../core/vocabulary/json.ts';
import { Failure } from '../failures.ts';
import { inputFailure } from '../input-failure.ts';
import { schemaName, type Warning } from '../operation.ts';
import type { OperationId } from '../operations/table.ts';
import { strictInput } from '../strict-input.ts';
import type { Call, IsolatedCall, World } from '../world.ts';
import type { Client } from './access.ts';
import type { Route } from './routes.ts';

/** Carries an operation out in this thread: `execute` of the handlers. */
export type Execute = (
  id: OperationId,
  given: Readonly<Record<string, Json>>,
  world: World,
  call: Omit<Call, 'given' | 'askSecret'>,
) => Promise<unknown>;

type Given = Readonly<Record<string, Json>>;

export interface Hooks {
  readonly progress: (phase: string, done: number, total: number) => void;
  readonly update: (update: unknown) => void;
  readonly stop: AbortSignal;
}

/** The one object that a result is told by. */
export interface Envelope {
  readonly schema: string;
  readonly ok: true;
  readonly data: unknown;
  readonly warnings: readonly Warning[];
}

/** Carries out what clients of a server ask, strategies in threads of their own. */
export class Serving {
  readonly #world: World;
  readonly #execute: Execute;

  constructor(world: World, execute: Execute) {
    this.#world = world;
    this.#execute = execute;
  }

  /** Refuses input that the operation does not take, before anything of it is begun. Throws {@link Failure} `input-invalid`. */
  validate({ operation }: Route, given: Readonly<Record<string, Json>>): void {
    const parsed = strictInput(operation).safeParse(given);
    if (parsed.success) return;
    const { message, details } = inputFailure(parsed.error, operation.handlesSecrets ? {} : given, null);
    throw new Failure('input-invalid', message, {
      hint: '/openapi.json and /docs say what each field takes.',
      details,
    });
  }

  async run(route: Route, given: Given, client: Client, hooks: Hooks): Promise<Envelope> {
    const { id, operation } = route;
    if (operation.isLasting !== true) return this.#carryOut(route, given, client, hooks);
    const { cache, version } = this.#world;
    const key = `${version}:${id}:${orderlessText(given)}`;
    const known = await cache.get('query', key);
    if (known !== undefined) return known as unknown as Envelope;
    const envelope = await this.#carryOut(route, given, client, hooks);
    await cache.set('query', { [key]: envelope as unknown as Json });
    return envelope;
  }

  async #carryOut(route: Route, given: Given, client: Client, hooks: Hooks): Promise<Envelope> {
    const { id, operation } = route;
    const warnings: Warning[] = [];
    const warn = (warning: Warning): void => void warnings.push(warning);
    const isIsolated = operation.runsStrategies === true || operation.isHeavy === true;
    const { progress, update, stop } = hooks;
    const actor = `${client.name} by ${this.#world.actor}`;
    const call: IsolatedCall = { progress, update, stop, warn, actor };
    const world = { ...this.#world, actor };
    const data = isIsolated
      ? await world.isolate(id, given, call)
      : await this.#execute(id, given, world, {
          ...{ warn, update: hooks.update, stop: hooks.stop },
          progress: (phase, done, total) => {
            hooks.progress(phase, done, total);
            return !hooks.stop.aborted;
          },
        });
    return { schema: schemaName(operation), ok: true, data, warnings };
  }
}
