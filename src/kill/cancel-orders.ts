import type { Clock } from '../ports/clock.ts';
import type { ExchangeGateway, VenueOrder } from '../ports/exchange-gateway.ts';
import { VenueError } from '../ports/venue-error.ts';
import { pass } from './pass.ts';

/** Between two looks at what is open; the first ones come faster. */
const AGAIN_MS = [100, 250, 500, 1_000] as const;

/** Which orders go. */
export interface CancelScope {
  /** Symbols that are looked at; null: whatever the account has open. */
  readonly symbols: readonly string[] | null;
  /** What is looked at instead where a venue lists open orders by symbol only. */
  readonly otherwise?: readonly string[];
  /** Whether an order is one of them; absent: all are, also those that were placed by hand. */
  readonly isMeant?: (order: VenueOrder) => boolean;
}

export interface CancelTerms {
  /** From when times are told, by the clock's elapsed time. */
  readonly startMs: number;
  /** What counts as zero: an answer to a question that was asked after this moment of the clock's elapsed time. */
  readonly finalFromMs: () => number;
  /** For how long in all. */
  readonly patienceMs: number;
  /** Told each time that something is known. */
  readonly tell?: (line: string) => void;
}

export interface Cancellation {
  /** Orders that were seen open. */
  readonly found: number;
  /** What is open still, or was when the venue last answered. */
  readonly left: readonly VenueOrder[];
  /** When the last cancel was answered, since the beginning, ms; null where nothing was to be canceled. */
  readonly lastCancelMs: number | null;
  /** When the venue's answer was that none is open, and that was final; null where it never was. */
  readonly verifiedMs: number | null;
  readonly faults: readonly string[];
}

/**
 * Cancels orders at a venue until it answers that none is open. A cancel names what it is about, so that it may be sent again; whether it
 * worked is asked, never assumed. Never rejects: what failed is in the answer.
 */
export async function cancelOrders(
  gateway: ExchangeGateway,
  clock: Clock,
  { symbols: wanted, otherwise = [], isMeant }: CancelScope,
  { startMs, finalFromMs, patienceMs, tell = () => {} }: CancelTerms,
): Promise<Cancellation> {
  const seen = new Set<string>();
  let symbols = wanted;
  const faults: string[] = [];
  let left: readonly VenueOrder[] = [];
  let lastCancelMs: number | null = null;
  for (let look = 0; ; look++) {
    const askedMs = clock.elapsedMs();
    let waitMs: number = AGAIN_MS[Math.min(look, AGAIN_MS.length - 1)]!;
    try {
      left = (await openOrders(gateway, symbols)).filter((order) => isMeant?.(order) ?? true);
      for (const { symbol, venueOrderId, clientOrderId } of left)
        seen.add(`${symbol} ${venueOrderId || clientOrderId}`);
      if (left.length === 0) {
        if (askedMs >= finalFromMs())
          return {
            found: seen.size,
            left,
            lastCancelMs,
            verifiedMs: clock.elapsedMs() - startMs,
            faults: shortened(faults),
          };
        waitMs = Math.max(1, Math.min(waitMs, finalFromMs() - clock.elapsedMs()));
      } else {
        tell(`${left.length} open: canceling`);
        faults.push(...(await cancelAll(gateway, left, isMeant === undefined)));
        lastCancelMs = clock.elapsedMs() - startMs;
      }
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
      faults.push(`${error.code}: ${error.message}`);
      if (error.code === 'unsupported' && symbols === null && otherwise.length > 0) {
        faults.push(`looked at ${otherwise.join(', ')} alone: name others with --symbols`);
        symbols = otherwise;
        continue;
      }
      waitMs = Math.max(waitMs, error.retryAfterMs ?? 0);
    }
    if (clock.elapsedMs() + waitMs - startMs > patienceMs)
      return { found: seen.size, left, lastCancelMs, verifiedMs: null, faults: shortened(faults) };
    await pass(clock, waitMs);
  }
}

async function openOrders(gateway: ExchangeGateway, symbols: readonly string[] | null): Promise<VenueOrder[]> {
  if (symbols === null) return [...(await gateway.openOrders())];
  return (await Promise.all(symbols.map((symbol) => gateway.openOrders(symbol)))).flat();
}

/** Sends what is needed, everything at once: the gateway keeps to the venue's limits, in which cancels come first. Answers what failed. */
async function cancelAll(gateway: ExchangeGateway, orders: readonly VenueOrder[], isWhole: boolean): Promise<string[]> {
  const bySymbol = Map.groupBy(orders, ({ symbol }) => symbol);
  const faults: string[] = [];
  const note = (what: string, code: string, message: string): void => void faults.push(`${what}: ${code}: ${message}`);
  const oneByOne = (all: readonly VenueOrder[]): Promise<unknown> =>
    Promise.all(
      all.map(async ({ symbol, clientOrderId }) => {
        const outcome = await gateway.cancel(symbol, clientOrderId);
        // Filled or canceled meanwhile is what the next look tells.
        if (outcome.outcome !== 'accepted' && outcome.code !== 'unknown-order')
          note(`${symbol} ${clientOrderId}`, outcome.code, outcome.message);
      }),
    );
  await Promise.all(
    [...bySymbol].map(async ([symbol, all]) => {
      if (!isWhole || all.length === 1) return oneByOne(all);
      const outcome = await gateway.cancelAll(symbol);
      if (outcome.outcome === 'accepted') return;
      note(symbol, outcome.code, outcome.message);
      return oneByOne(all);
    }),
  );
  return faults;
}

/** Each fault once. */
function shortened(faults: readonly string[]): readonly string[] {
  return [...new Set(faults)];
}
