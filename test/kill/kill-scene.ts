import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteLeaseStore } from '../../src/adapters/sqlite/lease-store.ts';
import { LEASE_TERMS } from '../../src/durability/held-lease.ts';
import { type AccountKill, type AccountKilled, killAccount } from '../../src/kill/kill-account.ts';
import type { Quote, Quotes } from '../../src/kill/quotes.ts';
import type { ExchangeGateway } from '../../src/ports/exchange-gateway.ts';
import type { LeaseStore } from '../../src/ports/lease.ts';
import type { HttpRequest } from '../../src/ports/transport.ts';
import type { RequestFault } from '../contracts/faulty-transport.ts';
import type { SimulatedSubject } from '../exchange-gateway/simulated-subject.ts';
import { LiveScene } from '../session/live-scene.ts';

export const LEASE = 'account test';

/** A session of {@link LiveScene} and, beside it, who takes its account out of the market. */
export class KillScene extends LiveScene {
  readonly #folder = mkdtempSync(join(tmpdir(), 'tradewright-kill-'));
  readonly leases: LeaseStore = this.openLeases();
  readonly told: string[] = [];
  /** Best prices of the venue: around its last one, as its house quotes them. */
  price: number | null = 95_000;

  openLeases(): LeaseStore {
    return openSqliteLeaseStore(join(this.#folder, 'home.sqlite'), this.venue.clock);
  }

  quotes(): Quotes {
    return quotesOf(() => this.price);
  }

  async kill(gateway: ExchangeGateway, more: Partial<AccountKill> = {}): Promise<AccountKilled> {
    const { venue } = this;
    const killed = await venue.run(
      killAccount({
        ...{ gateway, clock: venue.clock, scope: { symbols: null }, cancelMs: 30_000, flatten: [] },
        quotes: async () => this.quotes(),
        lease: { open: async () => this.openLeases(), name: LEASE, holder: 'test', terms: LEASE_TERMS },
        tell: (line) => void this.told.push(line),
        ...more,
      }),
    );
    await venue.run(gateway.close());
    return killed;
  }

  async dispose(): Promise<void> {
    await this.venue.dispose();
    await this.leases.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export function quotesOf(price: () => number | null): Quotes {
  return {
    of: async (): Promise<Quote | null> => {
      const at = price();
      return at === null ? null : { bid: at - 1, bidQuantity: 0.01, ask: at + 1, askQuantity: 0.01 };
    },
    close: async () => {},
  };
}

/** Lets every request that `isHit` picks meet a fault, not only the next one. */
export function faultAgainAndAgain(
  { http }: SimulatedSubject,
  fault: RequestFault,
  isHit: (request: HttpRequest) => boolean,
): void {
  http.fail(fault, (request) => {
    if (!isHit(request)) return false;
    queueMicrotask(() => faultAgainAndAgain({ http } as SimulatedSubject, fault, isHit));
    return true;
  });
}

/** Free amount of an asset, by the venue's own word. */
export async function free(venue: SimulatedSubject, gateway: ExchangeGateway, asset: string): Promise<string> {
  return (await venue.run(gateway.balances())).find((each) => each.asset === asset)?.free ?? '0';
}
