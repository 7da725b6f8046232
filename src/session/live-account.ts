import { clientOrderId } from '../core/execution/client-order-id.ts';
import { FLAG, isTerminal, ROLE, STATUS } from '../core/vocabulary/order.ts';
import type { Clock } from '../ports/clock.ts';
import type { ExchangeGateway } from '../ports/exchange-gateway.ts';
import type { Journal } from '../ports/journal.ts';
import { AccountKeeper, type ForeignPolicy, type PendingOrder } from './account-keeper.ts';
import { OrderSender, type SendingRight } from './order-sender.ts';
import { NAKED_AFTER_MS, type NakedPolicy, ProtectionGuard } from './protection-guard.ts';
import type { RemoteSide } from './remote-side.ts';
import type { SessionInput } from './session-input.ts';
import type { VenueRequest } from './venue-side.ts';
import type { VenueWord } from './venue-words.ts';

/** How long the end of a session waits for the venue's answers. */
const FAREWELL_MS = 10_000;
const STEP_MS = 100;

/** An account at a real exchange, as a session has it. */
export interface SessionAccount {
  /** Reconciles, and goes on doing so. `tell` journals an input and lets the core take it; `failed` ends the session. */
  start(tell: (input: SessionInput) => void, failed: (error: unknown) => void): Promise<void>;
  send(requests: readonly VenueRequest[]): void;
  /** Commands that leave nothing behind which would add risk unattended. */
  farewell(reason: string): readonly SessionInput[];
  /** Resolves once nothing is on its way any more, or time is up; answers whether it is so. */
  close(): Promise<boolean>;
}

export interface LiveAccountOptions {
  readonly gateway: ExchangeGateway;
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
  readonly guard: ProtectionGuard;
  readonly #options: LiveAccountOptions;
  #tell: (input: SessionInput) => void = () => {};
  #failed: (error: unknown) => void = () => {};

  constructor(options: LiveAccountOptions) {
    this.#options = options;
    const { gateway, journal, clock, side, right, validityMs, foreign, begunAtMs } = options;
    const tell = (word: VenueWord): void => this.#tell(word);
    this.sender = new OrderSender({
      ...{ gateway, journal, clock, right, validityMs, tell },
      mayRaise: () => this.keeper.notReady,
      failed: (error) => this.#failed(error),
    });
    this.keeper = new AccountKeeper({ gateway, clock, side, sender: this.sender, foreign, begunAtMs, tell });
    const { onNaked = 'close', nakedAfterMs = NAKED_AFTER_MS } = options;
    this.guard = new ProtectionGuard({
      ...{ clock, side, onNaked, nakedAfterMs },
      notReady: () => this.keeper.notReady,
      take: (input) => this.#tell(input),
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
    const due = unsent.filter((request) => request.reduces);
    if (due.length > 0) this.sender.send(due);
    await this.keeper.start(pending);
    this.guard.start();
  }

  send(requests: readonly VenueRequest[]): void {
    this.sender.send(requests);
  }

  /** Entries that rest are canceled: what they filled would have no protection until somebody is here again. */
  farewell(reason: string): readonly SessionInput[] {
    const { state } = this.#options.side.engine;
    return this.#openRows()
      .filter((row) => {
        const { role, flags, status } = state.orders.column;
        const adds = (role[row] === ROLE.entry || role[row] === ROLE.manual) && (flags[row]! & FLAG.reduceOnly) === 0;
        return adds && status[row] !== STATUS['cancel-pending'];
      })
      .map((row) => ({
        type: 'command-given',
        command: { type: 'cancel-order', reason, order: clientOrderId(state.session, row) },
      }));
  }

  async close(): Promise<boolean> {
    const { clock, side } = this.#options;
    this.guard.close();
    const endMs = clock.elapsedMs() + FAREWELL_MS;
    const statusOf = (row: number): number => side.engine.state.orders.column.status[row]!;
    const isQuiet = (): boolean =>
      this.sender.isIdle &&
      this.#openRows().every(
        (row) => [STATUS.open, STATUS.held, STATUS.unknown].includes(statusOf(row)) || isTerminal(statusOf(row)),
      ) &&
      side.orders.missing().length === 0;
    while (!isQuiet() && clock.elapsedMs() < endMs)
      await new Promise<void>((resolve) => void clock.after(STEP_MS, resolve));
    await this.keeper.close();
    return this.sender.isIdle;
  }

  #openRows(): number[] {
    const { state, desk } = this.#options.side.engine;
    return Array.from({ length: state.book.positions.count }, (_, slot) => [...desk.rowsOf(slot)]).flat();
  }
}
