import type { TimeMs } from '../../core/vocabulary/time.ts';
import type { ServerMessage } from './server-message.ts';

/** A method of the server with its parameters. */
export type Call = readonly [method: string, ...parameters: readonly unknown[]];

/** What a message means for the subscription it belongs to. */
export type Verdict = 'data' | 'none' | { readonly refused: string };

/** What is said in one session, about one subscription or request. A session is new on every connection. */
export interface Conversation {
  /** Chart or quote session. */
  readonly kind: 'cs' | 'qs';
  begin(session: string): readonly Call[];
  /** A message of this session; `say` sends into the same connection. Throws a RangeError where it cannot be read. */
  take(message: ServerMessage, receivedMs: TimeMs, say: (call: Call) => void): Verdict;
}

/** The symbol as TradingView resolves it: splits adjusted, regular hours. */
export function symbolText(symbol: string): string {
  return `=${JSON.stringify({ symbol, adjustment: 'splits', session: 'regular' })}`;
}

/** What is wrong with a symbol, which goes into a JSON text of its own; null where it may be asked for. */
export function symbolFault(symbol: string): string | null {
  if (/^[A-Z0-9_]+:[^\s"\\{}]+$/.test(symbol)) return null;
  return `expected EXCHANGE:TICKER such as BINANCE:BTCUSDT, found ${JSON.stringify(symbol)}`;
}
