import type { TimeMs } from '../../core/vocabulary/time.ts';
import { type Call, type Conversation, symbolText, type Verdict } from './conversation.ts';
import type { Listening } from './listeners.ts';
import { refusalOf } from './refusals.ts';
import { delayMs, isFigure, isRecord, type ServerMessage } from './server-message.ts';

const FIELDS = ['bid', 'bid_size', 'ask', 'ask_size', 'lp', 'lp_time', 'update_mode'] as const;

/**
 * Best bid and ask of a symbol. The server sends what has changed, so that the rest is kept. It numbers nothing: the count of changes stands
 * in for an update id. Symbols without a bid and an ask, such as indices, give no quotes.
 */
export class QuoteConversation implements Conversation {
  readonly kind = 'qs';
  readonly #symbol: string;
  readonly #listening: Listening;
  readonly #allowsDelayed: boolean;
  readonly #values = new Map<string, number>();
  #updates = 0;
  #lastMs: TimeMs | null = null;
  #wasLost = false;

  constructor(symbol: string, listening: Listening, allowsDelayed: boolean) {
    this.#symbol = symbol;
    this.#listening = listening;
    this.#allowsDelayed = allowsDelayed;
  }

  begin(session: string): readonly Call[] {
    this.#values.clear();
    this.#wasLost = this.#lastMs !== null;
    return [
      ['quote_create_session', session],
      ['quote_set_fields', session, ...FIELDS],
      ['quote_add_symbols', session, symbolText(this.#symbol)],
    ];
  }

  take(message: ServerMessage, receivedMs: TimeMs): Verdict {
    const refusal = refusalOf(message);
    if (refusal !== null) return { refused: refusal.message };
    const quote = message.method === 'qsd' ? message.parameters[1] : null;
    if (!isRecord(quote)) return 'none';
    const { s: status, errmsg, v: values } = quote;
    if (status === 'error')
      return { refused: typeof errmsg === 'string' ? message.redact(errmsg) : 'no quotes of this symbol' };
    if (!isRecord(values)) throw new RangeError(`expected values of a quote, found ${typeof values}`);
    const mode = values['update_mode'];
    if (delayMs(mode) > 0 && !this.#allowsDelayed)
      return { refused: `quotes come late (${message.redact(String(mode))}): no permission for real time` };
    this.#merge(values);
    this.#tell(message.sentMs ?? receivedMs, receivedMs);
    return 'data';
  }

  #merge(values: Readonly<Record<string, unknown>>): void {
    for (const field of FIELDS) {
      const value = values[field];
      // A side without orders is null, or the number that stands for no figure.
      if (value === null || (typeof value === 'number' && !isFigure(value))) this.#values.delete(field);
      else if (isFigure(value)) this.#values.set(field, value);
    }
  }

  #tell(eventMs: TimeMs, receivedMs: TimeMs): void {
    const bid = this.#values.get('bid');
    const ask = this.#values.get('ask');
    if (bid === undefined || ask === undefined) return;
    if (bid >= ask) {
      for (const { id, sink } of this.#listening.listeners()) {
        sink.anomaly(id, 'crossed-book', `${this.#symbol}: bid ${bid}, ask ${ask}`);
      }
      return;
    }
    if (this.#wasLost) this.#tellGap(receivedMs);
    this.#lastMs = receivedMs;
    const updateId = ++this.#updates;
    const bidSize = this.#values.get('bid_size') ?? 0;
    const askSize = this.#values.get('ask_size') ?? 0;
    for (const { id, sink } of this.#listening.listeners()) {
      sink.quote(id, eventMs, receivedMs, updateId, bid, bidSize, ask, askSize);
    }
  }

  #tellGap(toMs: TimeMs): void {
    this.#wasLost = false;
    this.#listening.countGap();
    const reason = 'the connection was lost; quotes in between are gone';
    for (const { id, sink } of this.#listening.listeners()) {
      sink.gap(id, { outcome: 'lost', fromMs: this.#lastMs!, toMs, reason });
    }
  }
}
