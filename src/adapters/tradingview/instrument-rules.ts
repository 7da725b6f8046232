import type { InstrumentDefinition } from '../../core/vocabulary/instrument.ts';
import { VenueError } from '../../ports/venue-error.ts';
import { symbolFault, symbolText } from './conversation.ts';
import { VENUE } from './options.ts';
import { refusalOf } from './refusals.ts';
import type { Question } from './requests.ts';
import { isFigure, isRecord } from './server-message.ts';

/** TradingView does not say in which steps a quantity moves: whole units of what trades as shares, else eight decimals. */
const LOT = '0.00000001';

/** What TradingView knows of a symbol. Nothing is traded there, so that quantities and limits are the exchange's to say. */
export function symbolQuestion(symbol: string): Question<InstrumentDefinition> {
  const fault = symbolFault(symbol);
  if (fault !== null) throw new VenueError('symbol-unknown', VENUE, fault);
  return {
    begin: (session) => [
      ['chart_create_session', session, ''],
      ['resolve_symbol', session, 'sds_sym_1', symbolText(symbol)],
    ],
    take(message) {
      const refusal = refusalOf(message);
      if (refusal !== null) throw refusal;
      const info = message.method === 'symbol_resolved' ? message.parameters[2] : null;
      return isRecord(info) ? definition(symbol, info, message.redact) : null;
    },
  };
}

function definition(
  symbol: string,
  info: Readonly<Record<string, unknown>>,
  redact: (text: string) => string,
): InstrumentDefinition {
  const text = (name: string): string | null =>
    typeof info[name] === 'string' && info[name] !== '' ? info[name] : null;
  const type = text('type') ?? '';
  const isShares = type === 'stock' || type === 'fund' || type === 'dr' || type === 'index';
  return {
    id: `${VENUE}:${symbol}`,
    kind: isShares ? 'equity' : 'spot',
    base: text('base_currency') ?? text('name') ?? symbol.slice(symbol.indexOf(':') + 1),
    quote: text('currency_code') ?? 'USD',
    tick: tickOf(info['minmov'], info['pricescale'], redact),
    lot: isShares ? '1' : LOT,
  };
}

/** minmov / pricescale as decimal text: 5 / 100 is 0.05. Throws a RangeError where it is no decimal, as with 1 / 32. */
function tickOf(minmov: unknown, pricescale: unknown, redact: (text: string) => string): string {
  const digits = typeof pricescale === 'number' ? /^10*$/.exec(String(pricescale))?.[0].length : undefined;
  if (digits === undefined || !isFigure(minmov) || !Number.isInteger(minmov) || minmov < 1) {
    const found = redact(`${String(minmov)} / ${String(pricescale)}`);
    throw new RangeError(`expected a price step in decimals, found ${found}`);
  }
  const scale = digits - 1;
  const padded = String(minmov).padStart(scale + 1, '0');
  return scale === 0 ? padded : `${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}
