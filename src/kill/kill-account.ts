import type { Clock } from '../ports/clock.ts';
import type { AccountSink, ExchangeGateway, VenueOrder } from '../ports/exchange-gateway.ts';
import { LeaseError, type LeaseStore, type LeaseTerms } from '../ports/lease.ts';
import { VenueError } from '../ports/venue-error.ts';
import { type Cancellation, type CancelScope, cancelOrders } from './cancel-orders.ts';
import { type CloseTerms, type Closing, closePositions } from './close-positions.ts';
import { within } from './pass.ts';
import type { Quotes } from './quotes.ts';
import { type RevokedLease, revokeLease } from './revoke-lease.ts';

/** Connecting measures the venue's clock first; it also starts a stream, which a kill does not need. Canceling waits for it so long. */
const CONNECT_MS = 700;
/** Closing positions waits for it longer, as what is signed by a wrong clock is refused. */
const LATE_CONNECT_MS = 10_000;
const LEASE_MS = 5_000;

const IGNORE = (): void => {};
/** What the account's stream tells is not listened to: a kill asks. */
const DEAF: AccountSink = {
  ...{ order: IGNORE, fill: IGNORE, balance: IGNORE, position: IGNORE, funding: IGNORE },
  ...{ liquidation: IGNORE, resumed: IGNORE, anomaly: IGNORE },
};

export interface AccountKill {
  readonly gateway: ExchangeGateway;
  readonly clock: Clock;
  readonly scope: CancelScope;
  readonly cancelMs: number;
  /** The right to trade the account, and how to take it away; null where nobody can be asked. */
  readonly lease: LeaseAccess | null;
  /** What is closed after everything is canceled, one after the other. */
  readonly flatten: readonly Flattening[];
  /** Best prices of the venue; opened where something is to be closed. */
  readonly quotes: () => Promise<Quotes>;
  readonly tell: (line: string) => void;
}

export interface LeaseAccess {
  open(): Promise<LeaseStore>;
  readonly name: string;
  readonly holder: string;
  readonly terms: LeaseTerms;
}

export type Flattening = Pick<CloseTerms, 'holdings' | 'collar' | 'patienceMs' | 'nextId'>;

export interface AccountKilled {
  readonly canceling: Cancellation;
  readonly closings: readonly Closing[];
  /** Whether nobody else has the right to trade it any more. */
  readonly isRevoked: boolean;
  /** Whom the right to trade was taken from; null where nobody had it. */
  readonly revokedFrom: string | null;
  /** Whether the venue has answered that nothing is left that the level forbids. */
  readonly verified: boolean;
  readonly faults: readonly string[];
}

/** Takes an account out of the market: its right to trade, its orders, its positions. Never rejects for what a venue or database does. */
export async function killAccount(kill: AccountKill): Promise<AccountKilled> {
  const { gateway, clock, scope, lease, flatten, tell, cancelMs } = kill;
  const faults: string[] = [];
  const note = (what: string, error: unknown): void => {
    if (!(error instanceof VenueError) && !(error instanceof LeaseError)) throw error;
    faults.push(`${what}: ${error.code}: ${error.message}`);
  };
  const startMs = clock.elapsedMs();
  // Until the lease is settled nobody knows what is on its way.
  const fenceMs = lease === null ? 0 : lease.terms.validityMs + lease.terms.clockErrorMs;
  let finalFromMs = startMs + fenceMs;
  const connecting = gateway.connect(DEAF).then(
    () => true,
    (error: unknown) => {
      note('connect', error);
      return true;
    },
  );
  const revoking =
    lease === null
      ? Promise.resolve(null)
      : revoke(lease, clock).catch((error) => {
          note('lease', error);
          return null;
        });
  void revoking.then(() => {
    finalFromMs = Math.max(finalFromMs, clock.elapsedMs() + fenceMs);
  });
  await within(clock, CONNECT_MS, connecting);
  const terms = { startMs, finalFromMs: () => finalFromMs, patienceMs: cancelMs, tell };
  const canceling = await cancelOrders(gateway, clock, scope, terms);
  const revoked = await revoking;
  const closings: Closing[] = [];
  if (flatten.length > 0) {
    if ((await within(clock, LATE_CONNECT_MS, connecting)) === null)
      faults.push('connect: not within its time; went on without it');
    const quotes = await kill.quotes();
    try {
      for (const each of flatten) closings.push(await closePositions(gateway, clock, { ...each, quotes, tell }));
    } finally {
      await quotes.close();
    }
  }
  const verified = canceling.verifiedMs !== null && closings.every((each) => each.verified);
  try {
    if (verified) await revoked?.lease.giveBack();
    else revoked?.lease.abandon();
    await revoked?.store.close();
  } catch (error) {
    note('lease', error);
  }
  return {
    canceling,
    closings,
    isRevoked: revoked !== null,
    revokedFrom: revoked?.lease.from?.holder ?? null,
    verified,
    faults,
  };
}

async function revoke(
  access: LeaseAccess,
  clock: Clock,
): Promise<{ readonly store: LeaseStore; readonly lease: RevokedLease } | null> {
  const { name, holder, terms } = access;
  const opening = access.open();
  const store = await within(clock, LEASE_MS, opening);
  if (store === null) {
    void opening.then(
      (late) => late.close(),
      () => {},
    );
    throw new LeaseError('unavailable', 'its database does not answer');
  }
  try {
    return { store, lease: await revokeLease(store, clock, name, holder, terms) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** An order in a line. */
export function orderText({ symbol, side, quantity, limit, trigger, clientOrderId }: VenueOrder): string {
  return `${side} ${quantity} ${symbol}${limit === null ? '' : ` at ${limit}`}${trigger === null ? '' : ` from ${trigger}`} (${clientOrderId})`;
}
