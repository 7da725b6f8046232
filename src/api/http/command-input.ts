import { Failure } from '../failures.ts';
import { jsonObject } from './body.ts';
import { queryInput, type Route } from './routes.ts';

/**
 * Input of a command as one JSON text. It is given in the body; to a DELETE, whose body many clients and proxies leave out, in the address, too.
 * Throws {@link Failure} `input-invalid` for an address that says what would not be heard: half of a wish is another wish.
 */
export function commandText(route: Route, query: string, sent: string): string {
  // No body is no input, whatever its headers say of it.
  const body = sent === '' ? '{}' : sent;
  if (query === '') return body;
  if (route.method !== 'DELETE') {
    const [name = query] = new URLSearchParams(query).keys();
    throw refusal(
      name,
      `${name}: expected in the body, found it in the address, where ${route.operation.name} reads nothing`,
    );
  }
  const words = queryInput(route, query);
  const given = jsonObject(body);
  const twice = Object.keys(words).find((name) => Object.hasOwn(given, name));
  if (twice !== undefined) throw refusal(twice, `${twice}: expected once, found it in the address and in the body`);
  return JSON.stringify({ ...given, ...words });
}

function refusal(field: string, message: string): Failure {
  return new Failure('input-invalid', message, {
    hint: 'Nothing was done. Send one JSON object with all of it as the body.',
    details: { field },
  });
}
