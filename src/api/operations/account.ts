import { z } from 'zod';
import { operation } from '../operation.ts';
import { venueField } from './venues.ts';

export const accountCheck = operation({
  name: 'account check',
  group: 'account',
  summary: 'Connect with a key and say what it may do',
  details:
    'The key is read from TRADEWRIGHT_API_KEY and TRADEWRIGHT_API_SECRET (an HMAC secret, or a private key in PEM form), and TRADEWRIGHT_API_PASSPHRASE where the venue has one: never from a flag, which every user of the machine can see. Nothing is ordered. A key that may withdraw, or that works from any address, is refused unless the objection is answered in its own words.',
  kind: 'query',
  isLong: true,
  input: z.object({
    venue: venueField,
    accept: z
      .array(z.string().min(1))
      .default([])
      .meta({ description: 'Answer an objection, word for word as it asks; may be repeated', placeholder: 'words' }),
  }),
  output: z.object({
    venue: z.string(),
    canTrade: z.boolean(),
    canWithdraw: z.boolean().nullable(),
    ipRestricted: z.boolean().nullable(),
    expiresAt: z.string().nullable(),
    clockSkewMs: z.number().nullable(),
    clockUncertaintyMs: z.number().nullable(),
    balances: z.array(z.object({ asset: z.string(), free: z.string(), locked: z.string() })),
    positions: z.array(
      z.object({ symbol: z.string(), side: z.string(), quantity: z.string(), entryPrice: z.string() }),
    ),
    openOrders: z.number(),
    /** Objections that were answered in words. */
    accepted: z.array(z.object({ code: z.string(), message: z.string() })),
  }),
  positionals: ['venue'],
  examples: [
    { command: 'account check local', does: 'the key in the environment, at the local exchange' },
    {
      command: "account check local --accept 'this key works from any address'",
      does: 'the same, taking that upon oneself',
    },
  ],
});
