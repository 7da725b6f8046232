import type { Json } from '../../core/vocabulary/json.ts';
import { Failure } from '../failures.ts';
import { fieldKind, shapeOf } from '../field-shape.ts';
import type { AccessScope, Operation } from '../operation.ts';
import { OPERATION_IDS, type OperationId, operationOf } from '../operations/table.ts';

/** One operation as it is served. */
export interface Route {
  readonly id: OperationId;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly operation: Operation;
}

/** Where an operation stands: the words of its name below `/api`. */
export function pathOf({ name }: Pick<Operation, 'name'>): string {
  return `/api/${name.replaceAll(' ', '/')}`;
}

/** What servers offer, in the order of the table. */
export const ROUTES: readonly Route[] = OPERATION_IDS.filter((id) => operationOf(id).localOnly === undefined).map(
  (id) => {
    const operation = operationOf(id);
    return { id, method: operation.kind === 'command' ? 'POST' : 'GET', path: pathOf(operation), operation };
  },
);

const canFollow = ({ input }: Operation): boolean => Object.hasOwn(input.shape, 'follow');

/** Input of a stream with which it goes on. */
export function followed(operation: Operation, given: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> {
  return canFollow(operation) ? { ...given, follow: true } : given;
}

/** Whether a stream that is asked this answers once. */
export function endsByItself(operation: Operation, given: Readonly<Record<string, Json>>): boolean {
  return canFollow(operation) && given['follow'] !== true;
}

/** Input of a GET: numbers and switches as words, lists by repeating, pairs as `name=value`. Throws {@link Failure} `input-invalid`. */
export function queryInput(operation: Operation, query: string): Record<string, Json> {
  const given: Record<string, Json> = {};
  const shape = operation.input.shape as Readonly<Record<string, Parameters<typeof shapeOf>[0]>>;
  for (const [name, text] of new URLSearchParams(query)) {
    if (!Object.hasOwn(shape, name))
      throw invalid(name, `${name}: ${operation.name} has no such field`, { expected: Object.keys(shape) });
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
  data: /^(?:synthetic|[A-Za-z0-9_-]+:(?!.*\.\.)[A-Za-z0-9_./:-]+(?:@[A-Za-z0-9]+)?)$/,
  run: /^[A-Za-z0-9_-]+$/,
  venue: /^(?!replay:)/i,
};

/** The first field that names a file of the server's machine; null for none. */
function fileField(operation: Operation, given: Readonly<Record<string, Json>>): string | null {
  for (const [field, schema] of Object.entries(operation.input.shape)) {
    const value = Object.hasOwn(given, field) ? given[field] : undefined;
    if (value === undefined || value === null) continue;
    const completes = shapeOf(schema as Parameters<typeof shapeOf>[0]).meta['completes'];
    const texts = (Array.isArray(value) ? value : [value]).map(String);
    if (completes === 'file' && texts.length > 0) return field;
    const names = typeof completes === 'string' ? NAMES[completes] : undefined;
    if (names !== undefined && texts.some((text) => !names.test(text))) return field;
  }
  return null;
}

/** Throws {@link Failure} `scope-missing` where a client may not ask this. Files of the machine are for `admin` alone. */
export function authorize(
  operation: Operation,
  given: Readonly<Record<string, Json>> | null,
  scopes: ReadonlySet<string>,
): void {
  const refuse = (scope: AccessScope, why: string): never => {
    throw new Failure('scope-missing', `${operation.name} needs the scope ${scope}${why}`, {
      details: { expected: scope, found: [...scopes] },
    });
  };
  if (!scopes.has(operation.scope)) refuse(operation.scope, '');
  if (given === null || scopes.has('admin')) return;
  const field = fileField(operation, given);
  if (field !== null) refuse('admin', `, as ${field} names a file of the server’s machine`);
}
