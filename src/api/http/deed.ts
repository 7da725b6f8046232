import type { Json } from '../../core/vocabulary/json.ts';
import type { Failure } from '../failures.ts';
import type { Operation } from '../operation.ts';
import type { Client } from './access.ts';
import { jsonObject } from './body.ts';
import type { Once } from './once.ts';
import { problemOf, statusOf } from './problem.ts';
import { authorize, operationInput, placedInput, type Route } from './routes.ts';
import type { Envelope, Hooks, Serving } from './serving.ts';

/** What carries requests out, and whom it tells of what nobody foresaw. */
export interface DeedDesk {
  readonly serving: Serving;
  readonly once: Once;
  readonly failureOf: (error: unknown) => Failure;
  readonly onDefect: (error: unknown, correlation: string) => void;
}

/** A command that somebody asks for under a key. */
export interface Deed {
  readonly route: Route;
  readonly client: Client;
  /** What the key is compared for, whose deeds are done once. */
  readonly owner: string;
  readonly key: string | undefined;
  /** The request as it came: the same key with another text is refused. */
  readonly text: string;
  readonly correlation: string;
  readonly hooks: Hooks;
  /** The input, once it is known that it may be carried out. What it rejects with was refused before anything was done. */
  prepare(): Promise<Readonly<Record<string, Json>>>;
}

/** Does it once, and answers the envelope or the problem, also to who asks again. Throws {@link Failure} as {@link Once.answer} does. */
export function doOnce(desk: DeedDesk, deed: Deed): ReturnType<Once['answer']> {
  const { route, client, correlation, hooks } = deed;
  return desk.once.answer(deed.owner, deed.key, `${route.name}\n${deed.text}`, async () => {
    let hasBegun = false;
    try {
      const given = await deed.prepare();
      hasBegun = true;
      const envelope = await desk.serving.run(route, given, client, hooks);
      return {
        ...{ status: route.face?.isJob === true ? 202 : 200, body: JSON.stringify(envelope), isNothingDone: false },
        ...keptOf(route.operation, envelope),
      };
    } catch (error) {
      const failure = desk.failureOf(error);
      if (failure.code === 'unexpected') desk.onDefect(error, correlation);
      return {
        ...{ status: statusOf(failure), body: JSON.stringify(problemOf(failure, correlation)) },
        // What was refused before the deed may be asked again under the same key.
        isNothingDone: !hasBegun || failure.code === 'server-busy',
      };
    }
  });
}

/** What is kept for who asks again, where the answer holds a secret that is told once. */
function keptOf(
  { toldOnce, name }: Operation,
  { data, warnings, ...envelope }: Envelope,
): { readonly keptBody?: string } {
  const told = data as Readonly<Record<string, unknown>>;
  if (toldOnce === undefined || typeof told[toldOnce] !== 'string') return {};
  const warning = {
    code: 'told-once',
    message: `${toldOnce} of ${name} was told to who asked first, and is not told again`,
    hint: 'Where nobody received it, replace it: that makes another one.',
  };
  return {
    keptBody: JSON.stringify({ ...envelope, data: { ...told, [toldOnce]: null }, warnings: [...warnings, warning] }),
  };
}

/** A command as a client of the server asks for it. */
export interface AskedDeed {
  /** Its input as it came: what the key stands for. */
  readonly text: string;
  readonly key: string | undefined;
  readonly correlation: string;
  /** The words in the path. */
  readonly places: Readonly<Record<string, string>>;
  readonly progress: Hooks['progress'];
  /** Who answers what the operation asks; absent where nobody does. */
  readonly askSecret?: Hooks['askSecret'];
}

/** Input that the client may give and the operation takes. Rejects with {@link Failure}. */
export async function readInput(
  route: Route,
  given: Readonly<Record<string, Json>>,
  client: Client,
  { serving }: Pick<DeedDesk, 'serving'>,
): Promise<Readonly<Record<string, Json>>> {
  await authorize(route.operation, operationInput(route, given), client);
  serving.validate(route, given);
  return given;
}

/** {@link doOnce} for a client that asks in JSON, within its scopes. Finished whoever still listens. */
export function answerDeed(
  desk: DeedDesk,
  route: Route,
  client: Client,
  { text, key, correlation, places, progress, askSecret = null }: AskedDeed,
): ReturnType<Once['answer']> {
  return doOnce(desk, {
    ...{ route, client, owner: client.name, key, correlation },
    text: route.places.length === 0 ? text : `${JSON.stringify(places)}\n${text}`,
    hooks: { update() {}, progress, stop: new AbortController().signal, askSecret },
    prepare: async () => readInput(route, placedInput(route, places, jsonObject(text)), client, desk),
  });
}
