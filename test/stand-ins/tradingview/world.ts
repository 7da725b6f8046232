import type { TradingViewOptions } from '../../../src/adapters/tradingview/options.ts';
import { Random } from '../../../src/core/vocabulary/random.ts';
import { VenueError } from '../../../src/ports/venue-error.ts';
import { SimulatedClock } from '../../simulated-world/clock.ts';
import { SimulatedDialer } from '../../simulated-world/dialer.ts';
import { SimulatedHttp, type SimulatedHttpServer } from '../../simulated-world/http.ts';
import { SimulatedTradingView } from './simulated.ts';

/** The stand-in, the site's answers to log-ins, and what an adapter needs to reach them, in simulated time. */
export function world(more: Partial<TradingViewOptions> = {}, site: SimulatedHttpServer | string = '{}') {
  const clock = new SimulatedClock();
  const server = new SimulatedTradingView(clock);
  const dialer = new SimulatedDialer(server, { clock });
  const http = new SimulatedHttp(typeof site === 'string' ? () => ({ status: 200, body: site }) : site, { clock });
  const options: TradingViewOptions = { dialer, http, clock, random: new Random(3), acceptsTerms: true, ...more };
  const settle = async <T>(promise: Promise<T>, ms = 40_000): Promise<T> => {
    const settled = promise.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    await clock.advance(ms);
    const outcome = await settled;
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  };
  return { clock, server, dialer, http, options, settle, venue: server.venue };
}

export const isCode =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof VenueError && error.code === code;
