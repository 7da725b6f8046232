import { clientOrderId } from '../core/execution/client-order-id.ts';
import { FLAG, ROLE, STATUS } from '../core/vocabulary/order.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import type { ExchangeGateway } from '../ports/exchange-gateway.ts';
import { type Journal, JournalError } from '../ports/journal.ts';
import type { MarketFeed } from '../ports/market-feed.ts';
import type { TimedWork } from '../ports/session-vitals.ts';
import { AccountKeeper } from './account-keeper.ts';
import { FeedGuard } from './feed-guard.ts';
import type { ForeignPolicy, PendingOrder } from './keeper-world.ts';
import { OrderRows } from './order-rows.ts';
import { OrderSender, type SendingRight } from './order-sender.ts';
import { NAKED_AFTER_MS, type NakedPolicy, ProtectionGuard } from './protection-guard.ts';
import type { RemoteSide } from './remote-side.ts';
import { deposed } from './session-error.ts';
import type { SessionInput } from './session-input.ts';
import type { VenueRequest } from './venue-side.ts';
import type { VenueWord } from './venue-words.ts';

/** How long the end of a session waits for the venue's answers. */
const FAREWELL_MS = 10_000;
const STEP_MS = 100;
/** How often guards look. */
const LOOK_MS = 1_000;

/** An account at a real exchange, as a session has it. */
export interface SessionAccount {
  /** Reconciles, and goes on doing so. `tell` journals an input and lets the core take it; `failed` ends the session. */
  start(tell: (input: SessionInput) => void, failed: (error: unknown) => void): Promise<void>;
  send(requests: readonly VenueRequest[]): void;
  /** What it does again and again by itself. */
  timed(): readonly TimedWork[];
  /** Whether nothing is on its way or in doubt: a snapshot may be taken. */
  isSettled(): boolean;
  /** Commands that leave nothing behind which would add risk unattended. */
  farewell(reason: string): readonly SessionInput[];
  /**
   * Resolves once nothing is on its way any more, or time is up; answers whether it is so. `fault`: what ended the session so that no word
   * reaches the journal any more; null where it does. Entries are withdrawn from the venue without it then, unless another may trade.
   */
  close(fault: unknown): Promise<boolean>;
}

export interface LiveAccountOptions {
  readonly gateway: ExchangeGateway;
  readonly feed: MarketFeed;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly side: RemoteSide;
  readonly right: SendingRight;
  readonly validityMs: number;
  readonly foreign: ForeignPolicy;
  /** What is done about a position without its stop; it is closed by default. */
  readonly onNaked?: NakedPolicy;
  /** How long a position may be without its stop; {@link NAKED_AFTER_MS} by default. */
  readonly nakedAfterMs?: number;
  readonly begunAtMs: number;
  /** Left by a process that is gone: requests that were durable and not answered, and those that were never made durable. */
  readonly pending: readonly PendingOrder[];
  readonly unsent: readonly VenueRequest[];
}

/** Sending and keeping together. */
export class LiveAccount implements SessionAccount {
  readonly keeper: AccountKeeper;
  readonly sender: OrderSender;
  readonly side: RemoteSide;
  readonly #options: LiveAccountOptions;
  readonly #rows: OrderRows;
  readonly #feedGuard: FeedGuard;
  readonly #protectionGuard: ProtectionGuard;
  #tell: (input: SessionInput) => void = () => {};
  #watch: Timer | null = null;
  /** What is asked before the start; null once it may leave. */
  #early: VenueRequest[] | null = [];
  #failed: (error: unknown) => void = () => {};

  constructor(options: LiveAccountOptions) {
    this.#options = options;
    this.side = options.side;
    this.#rows = new OrderRows(options.side);
    const { gateway, journal, clock, side, right, validityMs, foreign, begunAtMs } = options;
    const tell = (word: VenueWord): void => this.#tell(word);
    this.#feedGuard = new FeedGuard(options.feed, clock);
    this.sender = new OrderSender({
      ...{ gateway, journal, clock, right, validityMs, tell },
      mayRaise: () => this.keeper.notReady,
      failed: (error) => this.#failed(error),
    });
    this.keeper = new AccountKeeper({ gateway, clock, side, sender: this.sender, foreign, begunAtMs, tell });
    const { onNaked = 'close', nakedAfterMs = NAKED_AFTER_MS } = options;
    this.#protectionGuard = new ProtectionGuard({
      ...{ clock, side, onNaked, nakedAfterMs },
      notReady: () => this.keeper.notReady,
    });
  }

  async start(tell: (input: SessionInput) => void, failed: (error: unknown) => void): Promise<void> {
    this.#tell = tell;
    this.#failed = failed;
    const { unsent, pending, gateway, clock } = this.#options;
    // What was never made durable has never left: what reduces risk is sent now, what would add some was decided for another moment.
    const stale = unsent.filter((request) => !request.reduces);
    for (const { kind, order } of stale)
      tell({
        ...{ type: 'request-answered', request: kind, order, outcome: 'not-sent', code: 'not-sent', told: null },
        message: 'the program ended before it could be sent',
        atMs: clock.nowMs() + (gateway.clockSkew?.skewMs ?? 0),
      });
    const due = [...unsent.filter((request) => request.reduces), ...(this.#early ?? [])];
    this.#early = null;
    if (due.length > 0) this.sender.send(due);
    await this.keeper.start(pending);
    this.#look();
  }

  #look(): void {
    this.#watch = this.#options.clock.after(LOOK_MS, () => {
      for (const word of this.#feedGuard.look()) this.#tell(word);
      for (const input of this.#protectionGuard.look()) this.#tell(input);
      const { loss } = this.#options.right;
      // Nothing may leave any more, and another may trade: what it would be told is not what it can act on.
      if (loss !== null && loss !== 'released') this.#failed(deposed(loss));
      this.#look();
    });
  }

  send(requests: readonly VenueRequest[]): void {
    if (this.#early !== null) this.#early.push(...requests);
    else this.sender.send(requests);
  }

  timed(): readonly TimedWork[] {
    return [this.keeper.monitor()];
  }

  isSettled(): boolean {
    return this.#isQuiet() && this.#unknown().length === 0;
  }

  /**
   * What the venue still owes the books, in words; null where it owes nothing. After the end the next start asks for it before anything else.
   */
  owed(): string | null {
    const symbols = this.keeper.missing();
    const ids = [...this.#unsettled(), ...this.#unknown()].map((row) => this.#rows.idOf(row));
    const parts = [
      this.keeper.notReady === null ? null : `the account is not compared: ${this.keeper.notReady}`,
      this.sender.isIdle ? null : 'requests have no answer yet',
      symbols.length === 0 ? null : `trades of ${symbols.join(', ')} have not been told`,
      ids.length === 0 ? null : `nobody knows yet what became of ${ids.join(', ')}`,
    ].filter((part) => part !== null);
    return parts.length === 0 ? null : parts.join('; ');
  }

  #isQuiet(): boolean {
    return this.sender.isIdle && this.keeper.missing().length === 0 && this.#unsettled().length === 0;
  }

  /** Orders whose next word is due. */
  #unsettled(): number[] {
    return this.#rows.open().filter((row) => !this.#rows.isAtRest(row) && this.#rows.statusOf(row) !== STATUS.unknown);
  }

  /** Orders that are being searched for: that may take longer than an end can wait. */
  #unknown(): number[] {
    return this.#rows.open().filter((row) => this.#rows.statusOf(row) === STATUS.unknown);
  }

  /** Entries that rest are canceled: what they filled would have no protection until somebody is here again. */
  farewell(reason: string): readonly SessionInput[] {
    const { session } = this.#options.side.engine.state;
    return this.#restingEntries().map((row) => ({
      type: 'command-given',
      command: { type: 'cancel-order', reason, order: clientOrderId(session, row) },
    }));
  }

  #restingEntries(): number[] {
    const { role, flags, status } = this.#options.side.engine.state.orders.column;
    return this.#rows
      .open()
      .filter(
        (row) =>
          (role[row] === ROLE.entry || role[row] === ROLE.manual) &&
          (flags[row]! & FLAG.reduceOnly) === 0 &&
          status[row] !== STATUS['cancel-pending'],
      );
  }

  async close(fault: unknown): Promise<boolean> {
    this.#watch?.cancel();
    const isRecorded = fault === null;
    const { loss } = this.#options.right;
    const isFenced = fault instanceof JournalError && fault.code === 'fenced';
    // Who has just run out of time was succeeded by nobody yet; whom it was taken from has no say.
    if (!isRecorded && !isFenced && (loss === null || loss === 'late')) await this.#withdraw();
    const { clock } = this.#options;
    const endMs = clock.elapsedMs() + FAREWELL_MS;
    while (isRecorded && !this.#isQuiet() && clock.elapsedMs() < endMs)
      await new Promise<void>((resolve) => void clock.after(STEP_MS, resolve));
    await this.keeper.close();
    return this.sender.isIdle;
  }

  /**
   * The journal is gone and the account is still ours: a cancel adds no risk and is found out by asking, so it may leave without a record.
   */
  async #withdraw(): Promise<void> {
    const { gateway, side } = this.#options;
    const { state } = side.engine;
    const rows = this.#restingEntries().filter((row) => state.orders.column.status[row] !== STATUS.held);
    await Promise.all(
      rows.map((row) => {
        const { symbol } = state.instruments[state.orders.column.instrument[row]!]!;
        return gateway.cancel(symbol, clientOrderId(state.session, row));
      }),
    );
  }
}
