import { FAILURES, Failure } from '../failures.ts';
import type { Route } from './routes.ts';

const FLAG = /(?<![\w-])--([a-z][a-z0-9-]*)/g;
const HINT = '/openapi.json and /docs say what each field takes.';

type Named = Pick<Route, 'operation' | 'face'>;

/** A sentence that names flags of the command line, for who gives fields: `--qty` is `quantity` on a path that calls it so. */
export function inFields(route: Named, text: string): string {
  return text.replace(FLAG, (flag, word: string) => {
    const field = word.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    return Object.hasOwn(route.operation.input.shape, field) ? nameOf(route, field) : flag;
  });
}

/** Name of a field of the operation on this path. */
function nameOf({ face }: Named, field: string): string {
  return Object.entries(face?.names ?? {}).find(([, own]) => own === field)?.[0] ?? field;
}

/**
 * What an operation refuses, under the names of the path that it was asked by. Its own path keeps the words of the command line, which asks by it for
 * who types there.
 */
export function inWordsOf(route: Named, error: unknown): unknown {
  if (route.face === null || !(error instanceof Failure)) return error;
  const { code, hint, details, cause } = error;
  const own = typeof details['field'] === 'string' ? details['field'] : null;
  const field = own === null ? null : nameOf(route, own);
  const isNamed = own !== null && error.message.startsWith(`${own}:`);
  return new Failure(code, inFields(route, isNamed ? `${field}${error.message.slice(own.length)}` : error.message), {
    hint: code === 'input-invalid' && hint === FAILURES[code].hint ? HINT : inFields(route, hint),
    details: { ...details, ...(field === null ? {} : { field }) },
    cause,
  });
}
