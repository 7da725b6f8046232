import { z } from 'zod';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { ENVIRONMENTS } from '../../ports/secret-vault.ts';
import { operation } from '../operation.ts';
import { venueField } from './venues.ts';

const LABEL = /^[A-Za-z0-9][A-Za-z0-9_-]{0,29}$/;
const ASKED =
  'Keys are asked for at the terminal, where they are not shown, or read from standard input, one line for each question; they are never taken from the command line, which every user of the machine can read.';

const labelField = z
  .string()
  .regex(LABEL, 'expected up to 30 letters, digits, - and _')
  .meta({ description: 'Label of the account', placeholder: 'label', completes: 'account' });

const acceptField = z
  .array(z.string().min(1))
  .default([])
  .meta({ description: 'Answer an objection, word for word as it asks; may be repeated', placeholder: 'words' });

const testField = z
  .boolean()
  .default(true)
  .meta({ description: 'Do not try the keys at the venue before they are kept' });

/** What is known of an account without its keys. */
const accountLine = lazy(() =>
  z.object({
    id: z.string(),
    label: z.string(),
    venue: z.string(),
    environment: z.enum(ENVIRONMENTS),
    created: z.string(),
    /** When keys were last put in. */
    keysChanged: z.string(),
    revoked: z.string().nullable(),
    /** What the venue said of the key when it was last asked; null before. */
    permissions: z
      .object({
        seen: z.string(),
        canTrade: z.boolean(),
        canWithdraw: z.boolean().nullable(),
        ipRestricted: z.boolean().nullable(),
        expiresAt: z.string().nullable(),
      })
      .nullable(),
  }),
);
export type AccountLine = z.output<ReturnType<typeof accountLine>>;

const accepted = z.array(z.object({ code: z.string(), message: z.string() }));

export const accountAdd = operation({
  name: 'account add',
  group: 'account',
  summary: 'Keep an account of a venue, its keys encrypted',
  details: `${ASKED} They are tried at the venue first; nothing is ordered. A key that may withdraw, or that works from any address, is refused unless the objection is answered in its own words. Without a master key of your own, one is made as a file under home.`,
  kind: 'command',
  scope: 'admin',
  stepUp: true,
  asksSecrets: true,
  isLong: true,
  handlesSecrets: true,
  get input() {
    return z.object({
      venue: venueField,
      label: labelField,
      env: z.enum(ENVIRONMENTS).optional().meta({
        description: 'Where its orders go; to be said wherever it may be real money',
      }),
      test: testField,
      accept: acceptField,
    });
  },
  get output() {
    return z.object({
      account: accountLine(),
      /** Where the master key lies when nobody has set another place: on the disk of the database, where it should not stay. */
      homeKeyFile: z.string().nullable(),
      tested: z.boolean(),
      accepted,
    });
  },
  positionals: ['venue'],
  examples: [
    { command: 'account add binance --label main --env live', does: 'asks for key and secret' },
    { command: 'account add local --label demo --no-test', does: 'for the exchange of tradewright exchange' },
  ],
});

export const accountLs = operation({
  name: 'account ls',
  group: 'account',
  summary: 'List the accounts that are kept, without their keys',
  kind: 'query',
  scope: 'read',
  handlesSecrets: true,
  get input() {
    return z.object({});
  },
  get output() {
    return z.object({ accounts: z.array(accountLine()) });
  },
  positionals: [],
  examples: [
    { command: 'account ls', does: 'all of them, revoked ones too' },
    { command: 'account ls --json', does: 'the same for a program' },
  ],
});

export const accountCheck = operation({
  name: 'account check',
  group: 'account',
  summary: 'Connect with a key and say what it may do',
  details:
    'Of an account that is kept, by its label, or of a venue with a key in TRADEWRIGHT_API_KEY and TRADEWRIGHT_API_SECRET (an HMAC secret, or a private key in PEM form), and TRADEWRIGHT_API_PASSPHRASE where the venue has one: never from a flag, which every user of the machine can see. Nothing is ordered; what the venue says of the key is noted, also of one that is refused. A key that may withdraw, or that works from any address, is refused unless the objection is answered in its own words. A server tests accounts that are kept, none with a key of its environment, and only where the vault opens without asking for a passphrase.',
  kind: 'command',
  scope: 'admin',
  stepUp: true,
  isLong: true,
  handlesSecrets: true,
  get input() {
    return z.object({
      account: z.string().min(1).max(100).meta({
        description: 'Label of an account, or a venue as tradewright venues lists it',
        placeholder: 'account',
        completes: 'account',
      }),
      env: z.enum(ENVIRONMENTS).optional().meta({
        description: 'For a key in the environment: where it belongs; live unless the venue is local',
      }),
      accept: acceptField,
    });
  },
  get output() {
    return z.object({
      /** Null for a key in the environment. */
      label: z.string().nullable(),
      venue: z.string(),
      environment: z.enum(ENVIRONMENTS),
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
      accepted,
    });
  },
  positionals: ['account'],
  examples: [
    { command: 'account check main', does: 'an account that is kept' },
    {
      command: "account check local --accept 'this key works from any address'",
      does: 'the key in the environment, at the local exchange',
    },
  ],
});

export const accountRotate = operation({
  name: 'account rotate',
  group: 'account',
  summary: 'Put new keys in the place of an account’s',
  details: `${ASKED} The new keys are tried at the venue before they replace the old ones, which are overwritten.`,
  kind: 'command',
  scope: 'admin',
  stepUp: true,
  asksSecrets: true,
  isLong: true,
  handlesSecrets: true,
  get input() {
    return z.object({ label: labelField, test: testField, accept: acceptField });
  },
  get output() {
    return z.object({ account: accountLine(), tested: z.boolean(), accepted });
  },
  positionals: ['label'],
  examples: [
    { command: 'account rotate main', does: 'asks for the new key and secret' },
    { command: 'account rotate demo --no-test', does: 'without asking the venue' },
  ],
});

export const accountRevoke = operation({
  name: 'account revoke',
  group: 'account',
  summary: 'Forget the keys of an account for good',
  details:
    'They are overwritten in the database. Copies and backups of it have them still, sealed: revoke the key at the venue, too. What else is known of the account is kept, and its label is free again.',
  kind: 'command',
  scope: 'admin',
  stepUp: true,
  handlesSecrets: true,
  get input() {
    return z.object({ label: labelField });
  },
  get output() {
    return z.object({ account: accountLine() });
  },
  positionals: ['label'],
  examples: [
    { command: 'account revoke demo', does: 'by its label' },
    { command: 'account revoke demo --json', does: 'the same for a program' },
  ],
});

export const accountRekey = operation({
  name: 'account rekey',
  group: 'account',
  summary: 'Lock the vault with another master key',
  details:
    'All accounts at once, or none. The old master key opens nothing afterwards, except copies of the database that were made before.',
  kind: 'command',
  scope: 'admin',
  localOnly: 'Keys are asked for where nobody else can read them: at a terminal of the machine that keeps them.',
  handlesSecrets: true,
  get input() {
    return z.object({
      keyFile: z.string().min(1).optional().meta({
        description: 'File of the new key; made where it is not there',
        placeholder: 'file',
      }),
      passphrase: z.boolean().default(false).meta({ description: 'Ask for a passphrase, stretched by Argon2id' }),
    });
  },
  get output() {
    return z.object({
      from: z.enum(['file', 'passphrase']),
      keyFile: z.string().nullable(),
      /** Whether the file was made just now. */
      made: z.boolean(),
      accounts: z.number(),
    });
  },
  positionals: [],
  examples: [
    { command: 'account rekey --key-file /media/key/tradewright.key', does: 'with a new key on another disk' },
    { command: 'account rekey --passphrase', does: 'with a passphrase' },
  ],
});
