import { VenueError } from '../../ports/venue-error.ts';
import type { CcxtExchange } from './exchange-shape.ts';

/** What of ccxt's description of a venue says where requests go. */
interface Addressed {
  readonly urls: { readonly api?: unknown };
  readonly hostname?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Header by which OKX tells a simulated request on its live host. */
const SIMULATED = 'x-simulated-trading';

/** Every host of a table of URLs, however deep; `{hostname}` filled in. */
function hostsOf(urls: unknown, hostname: string): readonly string[] {
  if (typeof urls === 'string') {
    const url = urls.replaceAll('{hostname}', hostname);
    return URL.canParse(url) ? [new URL(url).host] : [];
  }
  return typeof urls === 'object' && urls !== null
    ? Object.values(urls).flatMap((each) => hostsOf(each, hostname))
    : [];
}

/**
 * Puts ccxt's test hosts in the place of the live ones. Throws VenueError `unsupported` where there are none, which ccxt does not always
 * say, and where a live host is left among them: ccxt's test hosts of some venues are the live ones.
 */
export function enterSandbox(exchange: CcxtExchange, venue: string): void {
  const addressed = exchange as unknown as Addressed;
  const hosts = (): readonly string[] => hostsOf(addressed.urls.api, addressed.hostname ?? '');
  const live = new Set(hosts());
  try {
    exchange.setSandboxMode(true);
  } catch (error) {
    if (!(error instanceof Error && error.name === 'NotSupported')) throw error;
    throw new VenueError('unsupported', venue, `${venue} has no test network that ccxt knows`, { cause: error });
  }
  const test = hosts();
  if (test.length === 0) throw new VenueError('unsupported', venue, `${venue} has no test network that ccxt knows`);
  const shared = test.filter((host) => live.has(host));
  if (shared.length > 0 && addressed.headers?.[SIMULATED] !== '1')
    throw new VenueError(
      'unsupported',
      venue,
      `the test network of ${venue} that ccxt knows shares ${[...new Set(shared)].join(', ')} with the live one, so that a mistake would cost real money`,
    );
}
