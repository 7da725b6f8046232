import { BinanceSpotGateway } from '../../src/adapters/binance/spot-gateway.ts';
import { BinanceUsdmGateway } from '../../src/adapters/binance/usdm-gateway.ts';
import { signerOf } from '../../src/connectivity/signing.ts';
import { makerTakerFees } from '../../src/core/exchange/fees.ts';
import { toRate } from '../../src/core/exchange/rate.ts';
import type { LimitsDefinition } from '../../src/core/risk/limits.ts';
import type { AnyStrategy } from '../../src/core/strategy/define-strategy.ts';
import type { Command } from '../../src/core/vocabulary/commands.ts';
import type { InstrumentDefinition } from '../../src/core/vocabulary/instrument.ts';
import { acquireLease, type HeldLease } from '../../src/durability/held-lease.ts';
import type { JournalPlace } from '../../src/durability/journal-place.ts';
import { StoredJournals } from '../../src/durability/stored-journals.ts';
import type { ExchangeGateway } from '../../src/ports/exchange-gateway.ts';
import type { Journal } from '../../src/ports/journal.ts';
import { LeaseError, type LeaseStore } from '../../src/ports/lease.ts';
import type { HttpClient, SocketDialer } from '../../src/ports/transport.ts';
import { VenueError } from '../../src/ports/venue-error.ts';
import { LiveAccount } from '../../src/session/live-account.ts';
import { capabilitiesOf } from '../../src/session/live-capabilities.ts';
import type { RemoteSide } from '../../src/session/remote-side.ts';
import { recover } from '../../src/session/replay-journal.ts';
import { Session } from '../../src/session/session.ts';
import { SessionCore } from '../../src/session/session-core.ts';
import { SessionError } from '../../src/session/session-error.ts';
import { BarFeed } from './bar-feed.ts';
import type { Chance } from './chance.ts';
import { SYMBOL } from './exchange.ts';
import type { ProcessClock } from './process-clock.ts';
import type { ProcessGate } from './process-gate.ts';
import { TIMEFRAME } from './trader.ts';

export const SESSION = 'sim';
export const LEASE = 'account';
export const CASH = 100_000;
export const VALIDITY_MS = 2_000;

/** What a process finds where it runs. */
export interface Surroundings {
  readonly number: number;
  readonly kind: 'spot' | 'usdm';
  readonly gate: ProcessGate;
  readonly clock: ProcessClock;
  readonly chance: Chance;
  readonly http: HttpClient;
  readonly dialer: SocketDialer;
  readonly place: JournalPlace;
  readonly leases: LeaseStore;
  readonly strategy: AnyStrategy;
  readonly limits: LimitsDefinition;
  readonly foreign: 'leave' | 'cancel';
  readonly begunAtMs: number;
  readonly isGone: (holder: string) => boolean;
}

/** One process that trades, from its start until its end or its death: put together as it really is, on borrowed time, wire and disk. */
export class Life {
  readonly around: Surroundings;
  /** Why it is over; null while it is not. */
  ended: string | null = null;
  /** When it died, in the order of everything that happened; null while it has not. */
  diedTick: number | null = null;
  /** How far its start has come. */
  stage: 'leasing' | 'reading' | 'recovering' | 'connecting' | 'starting' | 'running' = 'leasing';
  session: Session | null = null;
  account: LiveAccount | null = null;
  side: RemoteSide | null = null;
  core: SessionCore | null = null;
  lease: HeldLease | null = null;
  journal: Journal | null = null;
  /** What it found of those before it: records, whether a snapshot, requests that never left, and orders without an answer. */
  replayed = 0;
  isFromSnapshot = false;
  unsent = 0;
  pending = 0;
  readonly feed = new BarFeed();
  #gateway: ExchangeGateway | null = null;

  constructor(around: Surroundings) {
    this.around = around;
  }

  get isAlive(): boolean {
    return this.ended === null && !this.around.gate.isDead;
  }

  get isRunning(): boolean {
    return this.isAlive && this.stage === 'running';
  }

  /** Never rejects but for a defect. */
  async start(): Promise<void> {
    try {
      await this.#start();
    } catch (error) {
      if (!isEnding(error)) throw error;
      await this.stop(`start: ${String(error)}`);
    }
  }

  async #start(): Promise<void> {
    const { clock, number, gate, leases, isGone } = this.around;
    const outcome = await acquireLease({ store: leases, clock, name: LEASE, holder: `life${number}`, isGone });
    if (!outcome.isGranted) {
      this.ended = `held by ${outcome.row.holder}`;
      gate.kill();
      return;
    }
    const { lease } = outcome;
    this.lease = lease;
    this.stage = 'reading';
    const gateway = this.#openGateway();
    this.#gateway = gateway;
    const instruments = await gateway.instruments();
    const instrument = instruments.find(({ id }) => id.endsWith(`:${SYMBOL}`))!;
    const journals = new StoredJournals(this.around.place, { clock });
    const journal = await journals.open(SESSION, { about: null, fence: { lease: LEASE, epoch: lease.epoch } });
    this.journal = journal;
    this.stage = 'recovering';
    const sealed = <T>(body: () => T): T => body();
    const fresh = (): SessionCore => new SessionCore(this.#config(instrument, gateway), SESSION);
    const { core, unsent, pending, records, fromSeq } =
      journal.head === 0
        ? { core: fresh(), unsent: [], pending: [], records: 0, fromSeq: 1 }
        : await recover(fresh, journals, SESSION, sealed);
    this.replayed = records;
    this.isFromSnapshot = fromSeq > 1;
    this.unsent = unsent.length;
    this.pending = pending.length;
    this.core = core;
    const side = core.side as RemoteSide;
    this.side = side;
    const { foreign, begunAtMs } = this.around;
    const account = new LiveAccount({
      ...{ gateway, feed: this.feed, journal, clock, side, right: lease, validityMs: VALIDITY_MS, foreign, begunAtMs },
      ...{ unsent, pending },
    });
    this.account = account;
    this.stage = 'connecting';
    await gateway.connect(account.keeper);
    this.stage = 'starting';
    const session = new Session(core, {
      ...{ journal, feed: this.feed, history: null, clock, version: 'simulated', sealed, snapshotEvery: 60, account },
    });
    this.session = session;
    await session.start();
    this.stage = 'running';
  }

  /** A person orders something. */
  command(command: Command): void {
    this.session?.command(command);
  }

  /** An end in order, or as much of one as is possible. */
  async stop(reason: string): Promise<void> {
    if (this.ended !== null) return;
    this.ended = reason;
    const { session, account, lease, journal } = this;
    const ignored = (error: unknown): void => {
      if (!isEnding(error)) throw error;
    };
    if (session !== null) await session.stop(reason).catch(ignored);
    else await account?.keeper.close();
    await journal?.close().catch(ignored);
    await this.#gateway?.close();
    // What is still on its way may arrive: then whoever comes next must wait.
    if (account?.sender.isIdle ?? true) await lease?.release().catch(ignored);
    this.around.gate.kill();
  }

  #openGateway(): ExchangeGateway {
    const { http, dialer, clock, chance, kind } = this.around;
    const credentials = { apiKey: 'key', signer: signerOf('secret') };
    const options = {
      ...{ http, dialer, clock, random: chance.random, credentials, recvWindowMs: VALIDITY_MS },
      ...{ restOrigins: ['https://venue.simulated'], streamOrigin: 'wss://venue.simulated' },
    };
    return kind === 'spot' ? new BinanceSpotGateway(options) : new BinanceUsdmGateway(options);
  }

  #config(instrument: InstrumentDefinition, gateway: ExchangeGateway): ConstructorParameters<typeof SessionCore>[0] {
    const { kind, strategy, limits } = this.around;
    const spot = kind === 'spot';
    return {
      strategies: [{ strategy }],
      cash: CASH,
      ...(spot ? {} : { account: 'margin', leverage: 5 }),
      costs: {
        fees: spot
          ? { ...makerTakerFees(toRate(0.001), toRate(0.001)), payIn: 'base' }
          : makerTakerFees(toRate(0.0002), toRate(0.0005)),
      },
      limits,
      capabilities: capabilitiesOf(gateway.capabilities, gateway.venue),
      feeds: [{ instrument, timeframe: TIMEFRAME }],
      drivenBy: 'bars',
      remote: { onMismatch: 'reduce' },
    };
  }
}

/** What ends a process without being a defect: the outside failed, or another has the right to trade. */
export function isEnding(error: unknown): boolean {
  if (error instanceof VenueError || error instanceof LeaseError) return true;
  if (error instanceof SessionError) return error.code === 'deposed';
  return error instanceof Error && error.name === 'JournalError';
}
