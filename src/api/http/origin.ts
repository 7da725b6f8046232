import type { IncomingHttpHeaders } from 'node:http';
import { CSRF_HEADER } from '../browser-session.ts';
import { Failure } from '../failures.ts';
import { type Browser, isTokenOf } from './browser-sessions.ts';

/** What a request shows of where it comes from. */
interface Come {
  readonly headers: IncomingHttpHeaders;
  readonly protocol: string;
}

/**
 * Pages of other sites can make a browser ask this server. What they ask says so, or goes by another name that leads here; neither is heard.
 * Throws {@link Failure} `origin-refused`.
 */
export function guardOrigin({ headers, protocol }: Come, hosts: readonly string[] | null): void {
  const { host = '', origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers;
  const name = host.replace(/:\d+$/, '').toLowerCase();
  if (hosts !== null && !hosts.includes(name))
    throw new Failure('origin-refused', `expected one of ${hosts.join(', ')} in the header host, found another`);
  // A link may lead here; what a page fetches without being able to read it would still be work.
  const isElsewhere = (site === 'cross-site' || site === 'same-site') && mode !== 'navigate';
  if (isElsewhere || (origin !== undefined && origin !== `${protocol}://${host}`))
    throw new Failure('origin-refused', 'the request comes from a page of another site');
}

/** Whether browsers say that a page of this very server asks. A program may say nothing of it. */
function isOwnPage({ headers, protocol }: Come): boolean {
  const { host = '', origin, 'sec-fetch-site': site } = headers;
  if (site !== undefined) return site === 'same-origin';
  return origin === `${protocol}://${host}`;
}

/**
 * What is asked for by a cookie alone may be asked by a page that the user knows nothing of: it has to come from a page of this server. Throws
 * {@link Failure} `origin-refused`.
 */
export function guardOwnPage(come: Come): void {
  if (!isOwnPage(come))
    throw new Failure(
      'origin-refused',
      'expected a page of this server to ask by the cookie of a sign-in, found another',
    );
}

/** {@link guardOwnPage}, and of a deed also the token, which only such a page can know. Throws {@link Failure} `csrf-refused`, too. */
export function guardForgery(come: Come, browser: Browser): void {
  guardOwnPage(come);
  if (!isTokenOf(browser, come.headers[CSRF_HEADER]))
    throw new Failure(
      'csrf-refused',
      `expected the token of the sign-in in the header ${CSRF_HEADER}, found none or another`,
    );
}
