import { z } from 'zod';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { operation } from '../operation.ts';

const exchangeUpdate = lazy(() =>
  z.object({
    time: z.string(),
    products: z.array(
      z.object({
        product: z.string(),
        rest: z.string(),
        streams: z.string(),
        socketApi: z.string(),
        symbols: z.array(z.string()),
      }),
    ),
    accounts: z.array(
      z.object({
        name: z.string(),
        keys: z.array(z.object({ kind: z.string(), apiKey: z.string(), secret: z.string().nullable() })),
      }),
    ),
    certificate: z.string().nullable(),
    sockets: z.number(),
  }),
);
export type ExchangeUpdate = z.output<ReturnType<typeof exchangeUpdate>>;

export const exchange = operation({
  name: 'exchange',
  isService: true,
  group: 'venues',
  summary: 'Run a local exchange that any Binance client can trade against',
  details:
    'Spot and USD-M perpetuals over REST, WebSocket streams and WebSocket API, with keys made on the spot. No key, account or network of yours is involved. Ends with Ctrl-C.',
  kind: 'stream',
  scope: 'admin',
  localOnly: 'It is a server of its own, with a port of its own.',
  get input() {
    return z.object({
      port: z
        .number()
        .int()
        .min(0)
        .max(65_535)
        .default(7331)
        .meta({ description: 'Port; 0 for any free one', placeholder: 'n' }),
      host: z
        .string()
        .min(1)
        .default('127.0.0.1')
        .meta({ description: 'Address to listen on', placeholder: 'address' }),
      market: z.string().min(1).default('synthetic').meta({
        description: 'synthetic, quiet (nobody trades but the clients), a series of the catalogue, or a recording',
        placeholder: 'market',
        completes: 'data',
      }),
      speed: z
        .number()
        .positive()
        .default(1)
        .meta({ description: 'How much faster the market is played', placeholder: 'n' }),
      clock: z.number().positive().default(1).meta({
        description: 'Speed of the exchange’s own clock; clients that sign the present need 1',
        placeholder: 'n',
      }),
      account: z
        .array(z.string())
        .default([])
        .meta({ description: 'An account: alice, or alice:USDT=10000,usdm.USDT=5000', placeholder: 'name' }),
      accounts: z.string().optional().meta({
        description: 'JSON file of accounts with their keys and balances',
        placeholder: 'file',
        completes: 'file',
      }),
      faults: z
        .string()
        .default('none')
        .meta({ description: 'Profile of what goes wrong on purpose', placeholder: 'profile' }),
      seed: z
        .number()
        .int()
        .min(0)
        .default(1)
        .meta({ description: 'Of the market’s path and of faults', placeholder: 'n' }),
      limits: z.enum(['published', 'none']).default('published').meta({ description: 'Rate limits' }),
      tls: z.boolean().default(false).meta({ description: 'TLS, with a certificate made on the spot' }),
      seconds: z.number().positive().optional().meta({ description: 'End by itself after so long', placeholder: 'n' }),
    });
  },
  get output() {
    return z.object({ seconds: z.number(), products: z.array(z.string()), accounts: z.array(z.string()) });
  },
  get update() {
    return exchangeUpdate();
  },
  positionals: [],
  examples: [
    { command: 'exchange', does: 'the synthetic market on port 7331' },
    {
      command: 'exchange --market BINANCE:BTCUSDT@1m --speed 60 --faults unsure-orders',
      does: 'history, an hour a minute, with faults',
    },
    {
      command: 'exchange --market quiet --account alice:USDT=10000 --account bob',
      does: 'two accounts that trade with each other',
    },
  ],
});
