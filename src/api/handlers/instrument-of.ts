import { guessInstrument } from '../../core/market/instrument-guess.ts';
import type { InstrumentDefinition } from '../../core/vocabulary/instrument.ts';

/** Venue of instruments whose venue nobody named. */
const NO_VENUE = 'FILE';
/** Where prices and volumes come from a file, quantities of a pair are at least this fine: volumes are often rounded. */
const FINE_LOT = '0.000001';

/** `BTCUSDT` of `/data/BTCUSDT_1h_2017-2024.csv.gz`, `BTC_USDT` of `BTC_USDT-1h.feather`, `GOOG` of `GOOG_1d.csv`. */
export function symbolOfFile(path: string): string {
  const base = plainLetters(path.split(/[\\/]/).at(-1) ?? path).replace(/\.(?:csv|txt|tsv|parquet|gz|zip)\b/gi, '');
  const pair = /^[A-Za-z0-9]{2,12}[/_-](?:USDT|USDC|FDUSD|BUSD|USD|EUR|GBP|JPY|BTC|ETH)(?![A-Za-z])/i.exec(base);
  const symbol = pair?.[0] ?? /^[A-Za-z0-9.&^=]+/.exec(base)?.[0] ?? 'DATA';
  return symbol.toUpperCase();
}

/** `Grosse` of `Größe`: a name must not end at its first umlaut, nor differ with how a disk writes it. */
function plainLetters(name: string): string {
  return name.normalize('NFKD').replaceAll(/\p{M}/gu, '').replaceAll('ß', 'ss');
}

/** `VENUE:SYMBOL`, whether or not the venue was said. */
export function fullSymbol(symbol: string): string {
  return symbol.includes(':') ? symbol : `${NO_VENUE}:${symbol}`;
}

/** What a venue would say about an instrument, from its name and its data; `tick` and `lot` as the user says, if at all. */
export function instrumentOf(
  id: string,
  decimals: { readonly price: number; readonly quantity: number },
  steps: { readonly tick?: string | undefined; readonly lot?: string | undefined } = {},
): InstrumentDefinition {
  const symbol = id.slice(id.indexOf(':') + 1);
  // More digits than these are noise of a computation, and too fine for exact money.
  const guess = guessInstrument(symbol, {
    price: Math.min(8, decimals.price),
    quantity: Math.min(8, decimals.quantity),
  });
  const isPair = guess.base !== null && guess.quote !== null;
  const lot = isPair ? finer(guess.stepSize, FINE_LOT) : guess.stepSize;
  return {
    id,
    kind: isPair ? 'spot' : 'equity',
    base: guess.base ?? symbol,
    quote: guess.quote ?? 'USD',
    tick: steps.tick ?? guess.tickSize,
    lot: steps.lot ?? lot,
  };
}

function finer(a: string, b: string): string {
  return Number(a) < Number(b) ? a : b;
}
