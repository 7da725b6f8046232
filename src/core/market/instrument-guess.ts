import type { DecimalsSeen } from './decimals-seen.ts';

/** What data alone lets one suppose about an instrument; the venue's own rules always win. */
export interface InstrumentGuess {
  readonly base: string | null;
  readonly quote: string | null;
  /** Decimal text: the smallest step the prices and volumes seen allow. */
  readonly tickSize: string;
  readonly stepSize: string;
}

/** Longest first, so that BTCUSDT ends in USDT and not in USD. */
const QUOTES = [
  'FDUSD',
  'USDT',
  'USDC',
  'BUSD',
  'TUSD',
  'DAI',
  'USD',
  'EUR',
  'GBP',
  'JPY',
  'TRY',
  'CHF',
  'AUD',
  'BTC',
  'ETH',
  'BNB',
];

function unit(places: number): string {
  return places === 0 ? '1' : `0.${'0'.repeat(places - 1)}1`;
}

/** Guesses from a symbol (`BTCUSDT`, `BTC/USDT`, `BTC-USD`) and the decimals its data used. */
export function guessInstrument(symbol: string, decimals: DecimalsSeen): InstrumentGuess {
  const sizes = { tickSize: unit(decimals.price), stepSize: unit(decimals.quantity) };
  const pair = /^([A-Za-z0-9]+)[/_-]([A-Za-z]{3,5})(?::.*|[-_].*)?$/.exec(symbol);
  if (pair && pair[2]!.toUpperCase() !== 'PERP') {
    return { base: pair[1]!.toUpperCase(), quote: pair[2]!.toUpperCase(), ...sizes };
  }
  const plain = symbol.toUpperCase().replace(/[.:_-]?PERP$|\.P$/, '');
  const quote = QUOTES.find((name) => plain.endsWith(name) && plain.length > name.length);
  if (quote === undefined || !/^[A-Z0-9]+$/.test(plain)) return { base: null, quote: null, ...sizes };
  return { base: plain.slice(0, -quote.length), quote, ...sizes };
}
