import { z } from 'zod';
import { MINUTE_MS, SECOND_MS } from '../../core/vocabulary/time.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import { VenueError } from '../../ports/venue-error.ts';
import type { BinanceRest } from './rest-client.ts';
import type { AccountFrame, AccountRoute } from './user-data.ts';
import { readAs } from './wire-values.ts';

const LISTEN_KEY = '/fapi/v1/listenKey';
/** A key lives 60 minutes; a third of that leaves room for two failures. */
const RENEW_EVERY_MS = 20 * MINUTE_MS;
const RENEW_AGAIN_MS = MINUTE_MS;

const keyAnswer = z.object({ listenKey: z.string().min(1) });
/** `PUT` answers the key by the documents, and nothing in older versions. */
const renewalAnswer = z.object({ listenKey: z.string().optional() });
const eventSchema = z.object({ e: z.string() }).loose();
const wrapped = z.object({ stream: z.string(), data: eventSchema });

/**
 * The key that names the account's stream. One key per account: it is created when a connection needs one, renewed while it is used, never
 * deleted, as other programs of the account may listen with the same one.
 */
export class ListenKey {
  readonly #rest: BinanceRest;
  readonly #clock: Clock;
  readonly #lost: (reason: string) => void;
  /** Every key there was, as what comes late may quote one that is forgotten. */
  readonly known = new Set<string>();
  #key: string | null = null;
  #timer: Timer | null = null;
  #isClosed = false;

  /** `lost`: the venue no longer knows the key, although nobody said so on the stream. */
  constructor(rest: BinanceRest, clock: Clock, lost: (reason: string) => void) {
    this.#rest = rest;
    this.#clock = clock;
    this.#lost = lost;
  }

  /** Asks the venue, which answers the key that is alive, or a new one. Rejects with {@link VenueError}. */
  async obtain(): Promise<string> {
    const { listenKey } = await this.#rest.read(
      { method: 'POST', path: LISTEN_KEY, weight: 1, security: 'key', lane: 'order' },
      keyAnswer,
    );
    this.#key = listenKey;
    this.known.add(listenKey);
    this.#schedule(RENEW_EVERY_MS);
    return listenKey;
  }

  forget(): void {
    this.#key = null;
    this.#timer?.cancel();
    this.#timer = null;
  }

  close(): void {
    this.#isClosed = true;
    this.forget();
  }

  #schedule(delayMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#isClosed ? null : this.#clock.after(delayMs, () => void this.#renew());
  }

  async #renew(): Promise<void> {
    const key = this.#key;
    if (key === null) return;
    try {
      const { listenKey } = await this.#rest.read(
        { method: 'PUT', path: LISTEN_KEY, weight: 1, security: 'key', lane: 'order' },
        renewalAnswer,
      );
      if (this.#key !== key) return;
      if (listenKey === undefined || listenKey === key) this.#schedule(RENEW_EVERY_MS);
      else this.#lost('the listen key was replaced');
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
      if (this.#key !== key) return;
      if (error.venueCode === '-1125') this.#lost('the listen key has expired');
      else this.#schedule(RENEW_AGAIN_MS);
    }
  }
}

/** `origin`: `wss://fstream.binance.com`. */
export function usdmAccountRoute(origin: string, key: ListenKey): AccountRoute {
  return {
    messagesPerSecond: 10,
    pingEveryMs: 30 * SECOND_MS,
    // The server pings every 3 minutes; our own pings are answered.
    frameLimitMs: 2 * MINUTE_MS,
    url: async () => `${origin}/private/ws/${encodeURIComponent(await key.obtain())}`,
    shownUrl: () => `${origin}/private/ws/(listen key)`,
    read: readUsdmFrame,
    forget: () => key.forget(),
  };
}

function readUsdmFrame(body: unknown): AccountFrame {
  const inner = wrapped.safeParse(body);
  const event = inner.success ? inner.data.data : readAs(eventSchema, body);
  if (event.e === 'listenKeyExpired') return { kind: 'ended', detail: 'listen key expired' };
  if (event.e === 'serverShutdown') return { kind: 'leaving', detail: 'the server will shut down' };
  return { kind: 'event', event };
}
