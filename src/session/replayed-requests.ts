import { clientOrderId } from '../core/execution/client-order-id.ts';
import { sameJson } from '../core/vocabulary/json.ts';
import { STATUS } from '../core/vocabulary/order.ts';
import type { JournaledIntent } from '../ports/journal.ts';
import type { PendingOrder } from './keeper-world.ts';
import type { SessionCore } from './session-core.ts';
import type { VenueRequest } from './venue-side.ts';
import type { VenueWord } from './venue-words.ts';

/** Requests as a replay makes them again, beside those that were made durable. */
export class ReplayedRequests {
  #made: VenueRequest[] = [];
  readonly #pending = new Map<string, PendingOrder>();

  add(requests: readonly VenueRequest[]): void {
    if (requests.length > 0) this.#made.push(...requests);
  }

  /** Requests without a record: they have never left. */
  get unsent(): readonly VenueRequest[] {
    return this.#made;
  }

  /** A request was made durable; answers what is wrong with it, null where it is the one that the engine made. */
  made(intent: JournaledIntent): string | null {
    const { request, clientOrderId: order, validUntilMs, verdict } = intent;
    const sent = intent.order as { readonly symbol: string };
    if (request === 'place') this.#pending.set(order, { order, symbol: sent.symbol, validUntilMs });
    // A cancel that was lost and asked again, or that is about a stranger's order, is no decision of the engine.
    const { again, foreign } = verdict as { readonly again?: boolean; readonly foreign?: boolean };
    if (again === true || foreign === true) return null;
    const at = this.#made.findIndex((each) => each.order === order && each.kind === request);
    if (at < 0) return `expected to ${request} ${order}, and the engine does not ask for it`;
    const [made] = this.#made.splice(at, 1);
    const found = made!.placement === null ? { symbol: made!.symbol } : made!.placement;
    if ((intent.pair ?? null) !== made!.pair)
      return `expected ${order} to be placed ${intent.pair ? `with ${intent.pair}` : 'alone'}, found ${made!.pair ?? 'alone'}`;
    return sameJson(found, intent.order)
      ? null
      : `expected ${JSON.stringify(intent.order)}, found ${JSON.stringify(found)}`;
  }

  /** The venue has told of an order, or of a trade of it: it is there. */
  told(order: string): void {
    this.#pending.delete(order);
  }

  answered({ request, order, outcome }: VenueWord & { readonly type: 'request-answered' }): void {
    if (request === 'place' && outcome !== 'unknown') this.#pending.delete(order);
    if (outcome !== 'not-sent') return;
    const at = this.#made.findIndex((each) => each.order === order && each.kind === request);
    if (at >= 0) this.#made.splice(at, 1);
  }

  /** Orders of which nothing certain is known. */
  pendingOf({ engine: { state } }: SessionCore): readonly PendingOrder[] {
    const { column, count } = state.orders;
    const uncertain = [STATUS.submitted, STATUS.unknown, STATUS['cancel-pending']] as readonly number[];
    const left: PendingOrder[] = [];
    for (let row = 0; row < count; row++) {
      const pending = this.#pending.get(clientOrderId(state.session, row));
      if (pending && uncertain.includes(column.status[row]!)) left.push(pending);
    }
    return left;
  }
}
