import type { Backoff } from '../../connectivity/backoff.ts';
import type { ConnectBudget } from '../../connectivity/connect-budget.ts';
import type { RateLimiter } from '../../connectivity/rate-limiter.ts';
import type { Random } from '../../core/vocabulary/random.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HttpClient, SocketDialer } from '../../ports/transport.ts';
import type { BinanceCredentials } from './rest-client.ts';

/** What both gateways are made of. */
export interface BinanceGatewayOptions {
  /** First half of instrument ids; `BINANCE` and `BINANCE-USDM` by default. */
  readonly venue?: string;
  readonly http: HttpClient;
  readonly dialer: SocketDialer;
  readonly clock: Clock;
  readonly random: Random;
  readonly credentials: BinanceCredentials;
  /** Scheme and host, without a path; see `hosts.ts`. There is no default, so that no key goes to a host that nobody chose. */
  readonly restOrigins: readonly string[];
  readonly streamOrigin: string;
  /** Shared with whatever else asks the venue from this address, as limits count per address and account. */
  readonly limiter?: RateLimiter;
  readonly budget?: ConnectBudget;
  /** Between attempts to reach the account stream; that of the supervisor by default. */
  readonly backoff?: Backoff;
  /** How long after its time stamp a request that changes something is accepted by the venue; 2 s by default. */
  readonly recvWindowMs?: number;
  /** An accepted order of which the account stream has said nothing for so long proves that the stream is dead; 5 s by default. */
  readonly eventLimitMs?: number;
}
