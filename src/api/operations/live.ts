import { z } from 'zod';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { ENVIRONMENTS } from '../../ports/secret-vault.ts';
import { operation } from '../operation.ts';
import { feeAssetField } from './cost-fields.ts';
import { feeField, timeframeField } from './fields.ts';
import { capitalField, paramField, strategyField } from './run-fields.ts';
import { sessionName } from './session-fields.ts';
import { keepMarketField, sessionEnd, sessionUpdate, symbolsField } from './sessions.ts';

const accountLine = lazy(() =>
  z.object({
    label: z.string(),
    venue: z.string(),
    environment: z.enum(ENVIRONMENTS),
    /** Why nothing that adds risk is sent; null while it is. */
    notReady: z.string().nullable(),
    /** Orders whose fate nobody knows yet. */
    unknownOrders: z.number(),
  }),
);

const liveUpdate = lazy(() => z.object({ ...sessionUpdate().shape, account: accountLine() }));
export type LiveUpdate = z.output<ReturnType<typeof liveUpdate>>;

export const live = operation({
  name: 'live',
  group: 'sessions',
  summary: 'Trade with an account at a venue: real orders',
  details:
    'The engine of a backtest on live bars, its orders sent to the venue of an account (tradewright account add). It says what it could lose and asks for the name of the account before the first order. Every order is durable in the journal before it leaves and is sent at most once; what became of it is proven by the venue, never assumed. The same command goes on where it ended, also after a crash: it takes its journal again, asks the venue, and corrects its books by what it finds. Ends with Ctrl-C: entries that rest are canceled, stops stay at the venue.',
  kind: 'stream',
  scope: 'admin',
  localOnly:
    'A session is a process of its own, which must not end with the server: start it with --detach, then operate it from here.',
  handlesSecrets: true,
  get input() {
    return z.object({
      strategy: strategyField,
      account: z
        .string()
        .min(1)
        .meta({ description: 'Label of the account', placeholder: 'label', completes: 'account' }),
      limits: z.string().min(1).meta({
        description: 'Risk limits as a JSON file; unnamed ones keep their strict defaults',
        placeholder: 'file',
        completes: 'file',
      }),
      symbols: symbolsField,
      timeframe: timeframeField.default('1m').meta({ description: 'Timeframe of the bars', placeholder: 'tf' }),
      cash: capitalField.meta({
        description: 'How much of the account it may trade with, in the quote currency',
        placeholder: 'amount',
      }),
      session: sessionName
        .optional()
        .meta({ description: 'Name of the session; default the account and the strategy', placeholder: 'name' }),
      fee: feeField.prefault('0.1%').meta({
        description: 'Fee that sizes keep room for; what is booked is what the venue takes',
        placeholder: 'rate',
      }),
      feeAsset: feeAssetField.optional().meta({
        description:
          'What pays the fees where the account is set so: BNB,price=600,balance=2; default as the venue does',
        placeholder: 'asset',
      }),
      leverage: z
        .number()
        .min(1, 'expected 1 or more')
        .max(125, 'expected at most 125')
        .default(1)
        .meta({ description: 'Of derivatives; it must be set so at the venue', placeholder: 'times' }),
      param: paramField,
      foreign: z
        .enum(['leave', 'cancel'])
        .default('leave')
        .meta({ description: 'What to do with open orders on its symbols that it has not placed' }),
      onMismatch: z
        .enum(['reduce', 'halt', 'alert'])
        .default('reduce')
        .meta({ description: 'What follows when the venue holds something else than the books say' }),
      accept: z
        .array(z.string().min(1))
        .default([])
        .meta({ description: 'Answer an objection to the key, word for word; may be repeated', placeholder: 'words' }),
      confirm: z
        .string()
        .optional()
        .meta({ description: 'The label of the account again, instead of being asked for it', placeholder: 'label' }),
      keepMarket: keepMarketField,
      seconds: z.number().positive().optional().meta({ description: 'End by itself after so long', placeholder: 'n' }),
    });
  },
  get output() {
    return z.object({ ...sessionEnd().shape, account: accountLine() });
  },
  get update() {
    return liveUpdate();
  },
  positionals: ['strategy'],
  examples: [
    {
      command: 'live sma-cross --account main --limits limits.json --symbols BTCUSDT --cash 1000 --timeframe 1h',
      does: 'trades a thousand of the account',
    },
    {
      command:
        'live ./mine.ts --account desk --limits limits.json --symbols BTCUSDT,ETHUSDT --cash 5000 --confirm desk',
      does: 'asks nothing, for a machine that starts it',
    },
  ],
});
