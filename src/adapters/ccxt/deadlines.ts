import type { TimeMs } from '../../core/vocabulary/time.ts';
import { REQUEST_VALIDITY_MS } from '../../ports/exchange-gateway.ts';
import { VenueError } from '../../ports/venue-error.ts';
import type { CcxtExchange } from './exchange-shape.ts';
import type { FollowedClock } from './followed-clock.ts';

/** What a deadline is called among the parameters of ccxt's calls, and as a header of OKX: ms of the venue's clock. */
const DEADLINE = 'expTime';

/** Routes of OKX that take a deadline. */
const TIMED = new Set(['trade/order', 'trade/batch-orders', 'trade/amend-order']);

type Item = Readonly<Record<string, unknown>>;
type Sign = (
  path: string,
  api: unknown,
  method: string,
  params: Item | readonly Item[],
  ...rest: readonly unknown[]
) => { readonly headers?: Readonly<Record<string, string>> };

/**
 * Has OKX refuse orders and amendments that come after their {@link DEADLINE}: by itself it takes them for 30 s from their time stamp. ccxt
 * has no word for this header, which is no part of what is signed; it is put in after ccxt has signed. What has waited in ccxt's own queue
 * until after its deadline is not sent at all. Answers what makes the parameter for something that is sent now, which throws VenueError
 * `clock-skewed` where the venue's time is not known.
 */
export function keepDeadlines(
  exchange: CcxtExchange,
  venue: string,
  clock: Pick<FollowedClock, 'nowMs' | 'stampMs'>,
): (validUntilMs?: TimeMs) => Item {
  const methods = exchange as unknown as { sign: Sign };
  const sign = methods.sign.bind(exchange);
  methods.sign = (path, api, method, params, ...rest) => {
    if (!TIMED.has(path)) return sign(path, api, method, params, ...rest);
    const items = Array.isArray(params) ? (params as readonly Item[]) : [params as Item];
    const deadlines = items.map((item) => item[DEADLINE]).filter((each) => typeof each === 'number');
    const bare = items.map((item) => Object.fromEntries(Object.entries(item).filter(([name]) => name !== DEADLINE)));
    const signed = sign(path, api, method, Array.isArray(params) ? bare : bare[0]!, ...rest);
    if (deadlines.length === 0) return signed;
    const deadlineMs = Math.floor(Math.min(...deadlines));
    if (clock.nowMs() > deadlineMs)
      throw new VenueError('not-sent', venue, `${venue} ${method} ${path}: its time was over before it could be sent`);
    return { ...signed, headers: { ...signed.headers, [DEADLINE]: String(deadlineMs) } };
  };
  return (validUntilMs = Number.POSITIVE_INFINITY) => ({
    [DEADLINE]: Math.min(validUntilMs, clock.stampMs() + REQUEST_VALIDITY_MS),
  });
}
