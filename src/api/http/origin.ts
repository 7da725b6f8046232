import type { IncomingHttpHeaders } from 'node:http';
import { Failure } from '../failures.ts';

/**
 * Pages of other sites can make a browser ask this server. What they ask says so, or goes by another name that leads here; neither is heard.
 * Throws {@link Failure} `origin-refused`.
 */
export function guardOrigin(
  { headers, protocol }: { readonly headers: IncomingHttpHeaders; readonly protocol: string },
  hosts: readonly string[] | null,
): void {
  const { host = '', origin } = headers;
  const name = host.replace(/:\d+$/, '').toLowerCase();
  if (hosts !== null && !hosts.includes(name))
    throw new Failure('origin-refused', `expected one of ${hosts.join(', ')} in the header host, found another`);
  if (origin !== undefined && origin !== `${protocol}://${host}`)
    throw new Failure('origin-refused', 'the request comes from a page of another site');
}
