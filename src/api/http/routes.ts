import { z } from 'zod';
import type { Json } from '../../core/vocabulary/json.ts';
import { readCarried } from '../carried-input.ts';
import { Failure } from '../failures.ts';
import { fieldKind, shapeOf } from '../field-shape.ts';
import type { HttpFace } from '../http-face.ts';
import type { Operation } from '../operation.ts';
import { isJobOperation } from '../operations/jobs.ts';
import { OPERATION_IDS, type OperationId, operationOf } from '../operations/table.ts';
import { strictInput } from '../strict-input.ts';
import { isUpload } from '../upload-name.ts';
import type { Client } from './access.ts';
import { secretsField } from './told-secrets.ts';

type Given = Readonly<Record<string, Json>>;
type Shape = Readonly<Record<string, Parameters<typeof shapeOf>[0]>>;

/** One operation as it is served, on one path. */
export interface Route {
  readonly id: OperationId;
  /** Of all routes only this one's. */
  readonly name: string;
  readonly method: 'GET' | HttpFace['method'];
  /** With `{name}` for what is given in the path. */
  readonly path: string;
  readonly operation: Operation;
  /** What it takes, under the names that fields have here. */
  readonly input: z.ZodObject;
  /** Fields that are given in the path. */
  readonly places: readonly string[];
  readonly face: HttpFace | null;
}

/** Where an operation stands: the words of its name below `/api`. */
export function pathOf({ name }: Pick<Operation, 'name'>): string {
  return `/api/${name.replaceAll(' ', '/')}`;
}

/** What servers offer, in the order of the table: each operation on its own path, then on its further ones. */
const SERVED = OPERATION_IDS.filter((id) => operationOf(id).localOnly === undefined);
export const ROUTES: readonly Route[] = SERVED.flatMap(routesOf);

/** What servers offer, each once, for those who ask by its name and not by a path. */
export const OPERATION_ROUTES: readonly Route[] = SERVED.map(ownRoute);

const canFollow = ({ input }: Operation): boolean => Object.hasOwn(input.shape, 'follow');

/** Input of a stream with which it goes on. */
export function followed(operation: Operation, given: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> {
  return canFollow(operation) ? { ...given, follow: true } : given;
}

/** Whether a stream that is asked this answers once. */
export function endsByItself(operation: Operation, given: Readonly<Record<string, Json>>): boolean {
  return canFollow(operation) && given['follow'] !== true;
}

/** An operation under the names of its own fields. */
function ownRoute(id: OperationId): Route {
  const operation = operationOf(id);
  return {
    ...{ id, name: id, method: operation.kind === 'command' ? 'POST' : 'GET', path: pathOf(operation), operation },
    ...{ input: withSecrets(operation, strictInput(operation)), places: [], face: null },
  };
}

function withSecrets({ asksSecrets }: Operation, input: z.ZodObject): z.ZodObject {
  return asksSecrets === true ? input.extend({ secrets: secretsField }) : input;
}

function routesOf(id: OperationId): readonly Route[] {
  const operation = operationOf(id);
  return [ownRoute(id), ...(operation.http ?? []).map((face, k) => faceRoute(id, operation, face, k))];
}

function faceRoute(id: OperationId, operation: Operation, face: HttpFace, k: number): Route {
  const names = new Map(Object.entries(face.names ?? {}).map(([here, field]) => [field, here]));
  const fixed = face.fixed ?? {};
  const shape = Object.entries(operation.input.shape)
    .filter(([field]) => !Object.hasOwn(fixed, field))
    .map(([field, schema]) => [names.get(field) ?? field, schema]);
  return {
    ...{ id, name: `${id}-${k + 2}`, method: face.method, path: `/api/${face.path}`, operation, face },
    input: z.strictObject(Object.fromEntries(shape) as z.ZodRawShape),
    places: [...face.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!),
  };
}

/** The words in a path, which its route takes as fields. */
export function placedInput(
  route: Route,
  words: Readonly<Record<string, string>>,
  given: Given,
): Readonly<Record<string, Json>> {
  const shape = route.input.shape as Shape;
  const placed: Record<string, Json> = {};
  for (const name of route.places) {
    if (Object.hasOwn(given, name)) throw invalid(name, `${name}: expected in the path alone, found it twice`);
    placed[name] = readWord(fieldKind(shapeOf(shape[name]!).base), words[name] ?? '');
  }
  return asWritten(route, { ...given, ...placed });
}

/** Words that exchanges write in capitals, as they are here. */
function asWritten({ face }: Route, given: Given): Given {
  const capitals = face?.capitals ?? [];
  const plain = ([name, value]: [string, Json]): [string, Json] =>
    capitals.includes(name) && typeof value === 'string'
      ? [name, value.toLowerCase().replaceAll('_', '-')]
      : [name, value];
  return capitals.length === 0 ? given : Object.fromEntries(Object.entries(given).map(plain));
}

/** The same route, with a job in the place of the deed; null where it may be none. */
export function jobRoute(route: Route): Route | null {
  if (!isJobOperation(route.id)) return null;
  const { method, path } = route;
  const { answer: _answer, ...face } = route.face ?? { method: method as HttpFace['method'], path: path.slice(5) };
  return { ...route, name: `${route.name}-as-job`, face: { ...face, isJob: true } };
}

/** What a route was given, under the names of the operation's own fields. */
export function operationInput({ face }: Route, given: Given): Given {
  if (face === null) return given;
  const { names = {}, fixed } = face;
  return {
    ...Object.fromEntries(Object.entries(given).map(([name, value]) => [names[name] ?? name, value])),
    ...fixed,
  };
}

/** Input of a GET: numbers and switches as words, lists by repeating, pairs as `name=value`. Throws {@link Failure} `input-invalid`. */
export function queryInput({ operation, input, places }: Route, query: string): Record<string, Json> {
  const given: Record<string, Json> = {};
  const shape = input.shape as Shape;
  for (const [name, text] of new URLSearchParams(query)) {
    if (!Object.hasOwn(shape, name) || places.includes(name))
      throw invalid(name, `${name}: ${operation.name} has no such field`, {
        expected: Object.keys(shape).filter((each) => !places.includes(each)),
      });
    const { base, isList } = shapeOf(shape[name]!);
    const kind = fieldKind(base);
    if (kind === 'pairs') {
      const equals = text.indexOf('=');
      if (equals <= 0) throw invalid(name, `${name}: expected name=value, found ${JSON.stringify(text)}`);
      const pairs = (given[name] ?? {}) as Readonly<Record<string, Json>>;
      given[name] = { ...pairs, [text.slice(0, equals)]: text.slice(equals + 1) };
    } else if (isList) given[name] = [...((given[name] ?? []) as readonly Json[]), readWord(kind, text)];
    else if (given[name] !== undefined) throw invalid(name, `${name}: expected once, found twice`);
    else given[name] = readWord(kind, text);
  }
  return given;
}

/** Words of an address as the value that they stand for; what stands for none is left for the schema to refuse. */
function readWord(kind: ReturnType<typeof fieldKind>, text: string): Json {
  if (kind === 'switch' && (text === 'true' || text === 'false')) return text === 'true';
  if (kind === 'number' && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
  return text;
}

function invalid(field: string, message: string, details: { readonly expected?: readonly string[] } = {}): Failure {
  return new Failure('input-invalid', message, {
    hint: '/openapi.json and /docs say what each field takes.',
    details: { field, ...details },
  });
}

/** What names nothing but things of the catalogue and of the installation; anything else may be a file. */
const NAMES: Readonly<Record<string, RegExp>> = {
  strategy: /^[a-z][a-z0-9-]*$/,
  'further-strategy': /^[a-z][a-z0-9-]*\s*(?:,|$)/,
  data: /^(?:synthetic|[A-Za-z0-9_-]+:(?!.*\.\.)[A-Za-z0-9_./:-]+(?:@[A-Za-z0-9]+)?)$/,
  run: /^[A-Za-z0-9_-]+$/,
  venue: /^(?!replay:)/i,
};

/** The first field that names a file of the server's machine; null for none. */
function fileField(operation: Operation, given: Readonly<Record<string, Json>>): string | null {
  for (const [field, schema] of Object.entries(operation.input.shape)) {
    const value = Object.hasOwn(given, field) ? given[field] : undefined;
    if (value === undefined || value === null) continue;
    const { completes, takesUploads } = shapeOf(schema as Parameters<typeof shapeOf>[0]).meta;
    // Of pairs, the second are what is named.
    const texts = (typeof value === 'object' ? Object.values(value) : [value]).map(String);
    const isOwn = takesUploads === true && texts.every(isUpload);
    if (completes === 'file' && texts.length > 0 && !isOwn) return field;
    const names = typeof completes === 'string' ? NAMES[completes] : undefined;
    if (names !== undefined && texts.some((text) => !names.test(text))) return field;
  }
  return null;
}

/** What an operation is asked to have done, as it will read it; null where it carries none, or none that there is. */
function carriedBy({ carries }: Operation, { operation, input }: Given): { operation: Operation; input: Given } | null {
  const id = OPERATION_IDS.find((each) => each === operation);
  if (carries !== true || id === undefined) return null;
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
  return { operation: operationOf(id), input: isObject ? readCarried(id, input as Given) : {} };
}

/** Before the input is read. Throws {@link Failure} `scope-missing` where a client may not ask this, whatever it gives. */
export function requireScope(
  { name, scope: needed }: Operation,
  { scopes }: Pick<Client, 'scopes'>,
  scope = needed,
  why = '',
): void {
  if (scopes.has(scope)) return;
  throw new Failure('scope-missing', `${name} needs the scope ${scope}${why}`, {
    details: { expected: scope, found: [...scopes] },
  });
}

/**
 * Rejects with {@link Failure} `scope-missing` where a client may not ask this, and `step-up-required` where it has to give its password again. Files
 * of the machine are for `admin` alone. Nothing may be done before it has resolved.
 */
export async function authorize(
  operation: Operation,
  given: Given,
  client: Pick<Client, 'scopes' | 'isProven'>,
): Promise<void> {
  requireScope(operation, client);
  const carried = carriedBy(operation, given);
  if (carried !== null) await authorize(carried.operation, carried.input, client);
  const field = fileField(operation, given);
  if (field !== null) requireScope(operation, client, 'admin', `, as ${field} names a file of the server’s machine`);
  if (isGrave(operation, given) && (await client.isProven?.()) === false)
    throw new Failure('step-up-required', `${operation.name} needs the password again: it was given too long ago`);
}

function isGrave({ stepUp }: Operation, given: Given): boolean {
  if (given['dryRun'] === true) return false;
  return typeof stepUp === 'function' ? stepUp(given) : stepUp === true;
}
