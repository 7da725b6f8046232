import type { Json } from '../../core/vocabulary/json.ts';
import { Failure } from '../failures.ts';
import type { OperationId } from '../operations/table.ts';
import type { Call, World } from '../world.ts';

/** What the paper session of the demonstration does: short averages of one-second bars, so that one sees it act. */
const SESSION = {
  ...{ strategy: 'sma-cross', venue: 'local', symbols: ['BTCUSDT'], timeframe: '1s', fee: '0.1%', slippage: '1tick' },
  param: { fast: 5, slow: 15 },
} as const;

/** A synthetic market and a paper session on it, each in a thread of its own. */
export interface DemoDesk {
  /** Name of the session. */
  readonly session: string;
  /** Rejects where one of them has failed. */
  readonly failed: Promise<never>;
  /** Ends the session, then the market. */
  close(): Promise<void>;
}

/** Starts both; nothing of it touches a venue or money. Rejects with {@link Failure} `port-unavailable`. */
export async function openDemoDesk(world: World, warn: Call['warn']): Promise<DemoDesk> {
  const failure = Promise.withResolvers<never>();
  // Who waits for it may come later.
  failure.promise.catch(() => {});
  const market = startThread(world, failure.reject);
  await market
    .start('exchange', { port: Number(new URL(world.localExchange).port) }, () => {})
    .catch((error) => {
      throw elsewhere(error, world.localExchange);
    });
  // Each run a session of its own: the market begins anew, and one session cannot be of two markets.
  const session = `demo-${new Date(world.clock.nowMs()).toISOString().replace(/\D/g, '').slice(0, 14)}`;
  const trading = startThread(world, failure.reject);
  try {
    await trading.start('paper', { ...SESSION, session }, (warning) => {
      // That indicators settle on live bars is as it should be here.
      if (warning.code !== 'not-settled') warn(warning);
    });
  } catch (error) {
    await market.end();
    throw error;
  }
  const filled = fillCatalogue(world, warn);
  return {
    session,
    failed: failure.promise,
    async close() {
      await filled.end();
      await trading.end();
      await market.end();
    },
  };
}

/** Whose address is taken is not the server, which --port would move, but its market. */
function elsewhere(error: unknown, address: string): unknown {
  if (!(error instanceof Failure) || error.code !== 'port-unavailable') return error;
  const next = new URL(address);
  next.port = String(Number(next.port) + 1);
  return new Failure(error.code, `the synthetic market of the demonstration ${error.message}`, {
    hint: `Another demonstration or tradewright exchange may run there. Give this one an address of its own: TRADEWRIGHT_LOCAL=${next.origin}.`,
    details: error.details,
  });
}

/** Puts the synthetic market into a catalogue that has nothing, so that there is something to look at and to compute on. */
function fillCatalogue(world: World, warn: Call['warn']): { end(): Promise<void> } {
  const stop = new AbortController();
  const call = { actor: world.actor, stop: stop.signal, warn, progress() {}, update() {} };
  const filled = world.catalogue
    .list()
    .then(({ length }) => (length > 0 ? null : world.isolate('data-generate', {}, call)))
    .catch((error: unknown) => {
      if (stop.signal.aborted) return;
      const detail = error instanceof Error ? error.message : String(error);
      warn({
        code: 'demo-without-data',
        message: `the synthetic market could not be put into the catalogue: ${detail}`,
        hint: 'tradewright data generate tries it again.',
      });
    });
  return {
    async end() {
      stop.abort();
      await filled;
    },
  };
}

/** A stream that goes on in a thread of its own. */
function startThread(
  world: World,
  onFailure: (error: unknown) => void,
): {
  /** Answers once it has told its first update. */
  start(id: OperationId, given: Readonly<Record<string, Json>>, warn: Call['warn']): Promise<void>;
  end(): Promise<void>;
} {
  const stop = new AbortController();
  let ended: Promise<unknown> = Promise.resolve();
  return {
    async start(id, given, warn) {
      const begun = Promise.withResolvers<void>();
      ended = world
        .isolate(id, given, {
          actor: world.actor,
          stop: stop.signal,
          warn,
          progress() {},
          update: () => begun.resolve(),
        })
        .then(
          () => begun.reject(new Failure('unexpected', `${id} ended before it had begun`)),
          (error: unknown) => {
            begun.reject(error);
            if (!stop.signal.aborted) onFailure(error);
          },
        );
      await begun.promise;
    },
    async end() {
      stop.abort();
      await ended;
    },
  };
}
