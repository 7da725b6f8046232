import { z } from 'zod';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { operation, servedOperation } from '../operation.ts';
import { venueField, venueSymbol } from './venues.ts';

const decimal = z.string().nullable();

/** What is known of the price of a symbol; null where nothing has come, or the venue tells none. */
const quoteLine = lazy(() =>
  z.object({
    venue: z.string(),
    symbol: z.string(),
    /** The venue's; null before the first. */
    time: z.string().nullable(),
    ...{ bid: decimal, bidQuantity: decimal, ask: decimal, askQuantity: decimal },
    /** Price of the last trade. */
    last: decimal,
    state: z.enum(['live', 'stale', 'syncing', 'down']),
  }),
);
export type QuoteLine = z.output<ReturnType<typeof quoteLine>>;

const symbolsField = z
  .array(venueSymbol)
  .min(1, 'expected at least one symbol')
  .max(200, 'expected at most 200 symbols')
  .meta({ description: 'Symbols as the venue writes them', placeholder: 'symbol' });
const STAYS = 'Quotes are kept for as long as the server runs.';

export const quote = operation({
  name: 'quote',
  group: 'venues',
  summary: 'Show the latest price of a symbol',
  details: 'At once where a server keeps its quotes; else it connects, and waits for the first one.',
  kind: 'query',
  scope: 'read',
  isLong: true,
  http: [{ method: 'GET', path: 'quotes/latest', names: { exchange: 'venue' } }],
  get input() {
    return z.object({
      venue: venueField,
      symbol: venueSymbol.meta({ description: 'Symbol as the venue writes it', placeholder: 'symbol' }),
    });
  },
  get output() {
    return quoteLine();
  },
  positionals: ['venue', 'symbol'],
  examples: [
    { command: 'quote binance BTCUSDT', does: 'best bid and ask, and the last trade' },
    { command: 'quote local BTCUSDT --json', does: 'the same for a program' },
  ],
});

export const quotesStart = servedOperation({
  name: 'quotes start',
  group: 'venues',
  summary: 'Keep the quotes of symbols, so that the latest is there at once',
  details: 'GET /api/quotes/subscribe is the stream of them.',
  kind: 'command',
  scope: 'research',
  servedOnly: STAYS,
  get input() {
    return z.object({ venue: venueField, symbols: symbolsField });
  },
  get output() {
    return z.object({ quotes: z.array(quoteLine()) });
  },
});

export const quotesStop = servedOperation({
  name: 'quotes stop',
  group: 'venues',
  summary: 'Keep the quotes of symbols no longer',
  kind: 'command',
  scope: 'research',
  servedOnly: STAYS,
  get input() {
    return z.object({
      venue: venueField,
      symbols: symbolsField.optional().meta({ description: 'Default all of the venue' }),
    });
  },
  get output() {
    return z.object({ stopped: z.array(z.string()) });
  },
});

export const quotes = servedOperation({
  name: 'quotes',
  group: 'venues',
  summary: 'List the quotes that are kept',
  kind: 'query',
  scope: 'read',
  servedOnly: STAYS,
  get input() {
    return z.object({});
  },
  get output() {
    return z.object({ quotes: z.array(quoteLine()) });
  },
});

export const executionExecute = servedOperation({
  name: 'execution execute',
  group: 'sessions',
  summary: 'Have a model decide on an order',
  details: 'Not built yet: whatever is given, it answers 501 with the code not-built.',
  kind: 'command',
  scope: 'trade',
  servedOnly: 'It is not built yet.',
  get input() {
    return z.looseObject({});
  },
  get output() {
    return z.object({});
  },
});
