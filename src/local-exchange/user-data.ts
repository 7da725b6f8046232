import type { Json } from '../core/vocabulary/json.ts';
import type { ExchangeClock } from './clock.ts';
import type { ProductName } from './dialects.ts';
import type { FaultDesk } from './faults/fault-desk.ts';
import type { FaultSubject } from './faults/table.ts';
import type { Account } from './product.ts';
import { type TimeUnit, toJson } from './time-unit.ts';

/** An event of an account, put into words once for all who get it. */
export class UserEvent {
  readonly type: string;
  readonly #event: Json;
  readonly #texts: { ms?: string; us?: string } = {};

  constructor(event: Json) {
    this.#event = event;
    const type = typeof event === 'object' && event !== null && 'e' in event ? event.e : null;
    this.type = typeof type === 'string' ? type : '';
  }

  json(unit: TimeUnit): string {
    this.#texts[unit] ??= toJson(this.#event, unit);
    return this.#texts[unit];
  }
}

/** One subscription to an account's events. */
export interface UserSink {
  readonly account: Account;
  deliver(event: UserEvent): void;
}

const DEFAULT_HELD_MS = 250;

/** Events of accounts, on their way to every subscription; what faults do to them happens here. */
export class UserDataHub {
  readonly #product: ProductName;
  readonly #clock: ExchangeClock;
  readonly #faults: FaultDesk;
  readonly #sinks = new Map<number, Set<UserSink>>();
  /** Events held back, by account. */
  readonly #held = new Map<number, { readonly event: UserEvent; readonly cancel: () => void }>();

  constructor(product: ProductName, clock: ExchangeClock, faults: FaultDesk) {
    this.#product = product;
    this.#clock = clock;
    this.#faults = faults;
  }

  add(sink: UserSink): void {
    const { index } = sink.account;
    const sinks = this.#sinks.get(index);
    if (sinks) sinks.add(sink);
    else this.#sinks.set(index, new Set([sink]));
  }

  remove(sink: UserSink): void {
    const sinks = this.#sinks.get(sink.account.index);
    sinks?.delete(sink);
    if (sinks?.size === 0) this.#sinks.delete(sink.account.index);
  }

  notify(account: Account, event: Json): void {
    const said = new UserEvent(event);
    if (this.#faults.isIdle && this.#held.size === 0) {
      this.#deliver(account, said);
      return;
    }
    const subject: FaultSubject = { product: this.#product, account: account.name, event: said.type };
    if (this.#faults.lasting('streams-stalled', subject) || this.#faults.decide('user-event-lost', subject)) return;
    const isTwice = this.#faults.decide('user-event-duplicated', subject) !== null;
    const held = this.#held.get(account.index);
    if (held === undefined) {
      const late = this.#faults.decide('user-events-reordered', subject);
      if (late) {
        this.#hold(account, said, late.delayMs ?? DEFAULT_HELD_MS);
        return;
      }
    }
    this.#deliver(account, said);
    if (isTwice) this.#deliver(account, said);
    if (held) this.#release(account);
  }

  #hold(account: Account, event: UserEvent, forMs: number): void {
    const cancel = this.#clock.at(this.#clock.nowMs() + forMs, () => this.#release(account));
    this.#held.set(account.index, { event, cancel });
  }

  #release(account: Account): void {
    const held = this.#held.get(account.index);
    if (held === undefined) return;
    held.cancel();
    this.#held.delete(account.index);
    this.#deliver(account, held.event);
  }

  #deliver(account: Account, event: UserEvent): void {
    for (const sink of this.#sinks.get(account.index) ?? []) sink.deliver(event);
  }
}
