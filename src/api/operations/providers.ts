import { z } from 'zod';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { PROVIDER_FACTS, PROVIDER_KINDS, PROVIDER_OUTCOMES } from '../../ports/providers.ts';
import { operation } from '../operation.ts';

const ASKED =
  'The API key is asked for at the terminal, where it is not shown, or read from standard input; it is never taken from the command line, which every user of the machine can read.';
const LOOKED =
  'It is asked for its models (Tavily for its usage) and what it tells of the key: nothing is generated, searched or paid for.';

const labelField = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,29}$/, 'expected up to 30 letters, digits, - and _')
  .meta({ description: 'Label of the provider', placeholder: 'label', completes: 'provider' });

const modelField = z.string().regex(/^[\x21-\x7e]{1,160}$/, 'expected the id of a model, up to 160 characters');

const testField = z.boolean().default(true).meta({ description: 'Do not ask the provider before it is kept' });

/** What was seen of a provider when it was asked last. */
const seen = lazy(() =>
  z.object({
    time: z.string(),
    outcome: z.enum(PROVIDER_OUTCOMES),
    /** One line; empty where there is nothing to say. */
    reason: z.string(),
    /** Null where nothing came. */
    latencyMs: z.number().nullable(),
    /** Null where no key was sent, or where it answers without one, too. */
    keyAccepted: z.boolean().nullable(),
    /** Null where it told none. */
    models: z.array(z.string()).nullable(),
    /** What the key may be used for, in the provider’s words; null where it does not tell. */
    allows: z.array(z.string()).nullable(),
    /** What has been used, as the provider counts it. */
    quota: z.object({ used: z.number(), limit: z.number().nullable(), unit: z.string() }).nullable(),
  }),
);

/** What is known of a provider without its key. */
const providerLine = lazy(() =>
  z.object({
    label: z.string(),
    kind: z.enum(PROVIDER_KINDS),
    does: z.enum(['models', 'search']),
    url: z.string(),
    /** Null until one is chosen. */
    model: z.string().nullable(),
    /** Whether the provider named the chosen model when it was seen; null where none is chosen or none were named. */
    modelListed: z.boolean().nullable(),
    hasKey: z.boolean(),
    created: z.string(),
    /** When its key was last put in. */
    keyChanged: z.string(),
    /** Null before it was asked. */
    seen: seen().nullable(),
  }),
);
export type ProviderLine = z.output<ReturnType<typeof providerLine>>;

const ADDRESSES = PROVIDER_KINDS.flatMap((kind) => {
  const { url } = PROVIDER_FACTS[kind];
  return url === null ? [] : [`${kind} ${url}`];
}).join(', ');

export const providerAdd = operation({
  name: 'provider add',
  group: 'providers',
  summary: 'Keep a provider of models or web search, its key encrypted',
  details: `Nothing calls a provider yet but its test. ${ASKED} ${LOOKED} compatible is any address that speaks OpenAI’s protocol, as Ollama, llama.cpp and vLLM do, and needs --url; the others have addresses of their own (${ADDRESSES}). Only public addresses are connected to, by https, and the networks that TRADEWRIGHT_PROVIDER_NETWORKS opens, there by http, too. The key is sealed together with the address: changed to another one in the database, it is not sent.`,
  kind: 'command',
  scope: 'admin',
  stepUp: true,
  asksSecrets: true,
  isLong: true,
  handlesSecrets: true,
  get input() {
    return z.object({
      kind: z.enum(PROVIDER_KINDS).meta({
        description: 'What it is: tavily searches the web, compatible is any other server of OpenAI’s protocol',
        placeholder: 'kind',
      }),
      label: labelField.meta({ description: 'Label of the provider', placeholder: 'label' }),
      url: z
        .string()
        .min(1)
        .max(500)
        .optional()
        .meta({ description: 'Address of its API; each kind but compatible has one of its own', placeholder: 'url' }),
      model: modelField.optional().meta({ description: 'The model to use; can be chosen later', placeholder: 'model' }),
      keyless: z.boolean().default(false).meta({ description: 'It needs no key, as a model on this machine may not' }),
      test: testField,
    });
  },
  get output() {
    return z.object({
      provider: providerLine(),
      /** Where the master key lies when nobody has set another place: on the disk of the database, where it should not stay. */
      homeKeyFile: z.string().nullable(),
    });
  },
  positionals: ['kind', 'label'],
  examples: [
    { command: 'provider add xai grok', does: 'asks for the key of xAI' },
    {
      command: 'provider add compatible ollama --url http://127.0.0.1:11434/v1 --keyless',
      does: 'a model on this machine, with TRADEWRIGHT_PROVIDER_NETWORKS=127.0.0.1',
    },
    { command: 'provider add tavily web', does: 'web search; asks for the key of Tavily' },
  ],
});

export const providerLs = operation({
  name: 'provider ls',
  group: 'providers',
  summary: 'List the providers that are kept, without their keys',
  kind: 'query',
  scope: 'read',
  handlesSecrets: true,
  get input() {
    return z.object({});
  },
  get output() {
    return z.object({ providers: z.array(providerLine()) });
  },
  positionals: [],
  examples: [
    { command: 'provider ls', does: 'all of them, with what was seen of each' },
    { command: 'provider ls --json', does: 'the same for a program' },
  ],
});

export const providerCheck = operation({
  name: 'provider check',
  group: 'providers',
  summary: 'Ask a provider whether it takes its key, and for its models',
  details: `${LOOKED} Each answer may take ten seconds and be 4 MiB; redirects are not followed. What came of it is noted, also where that was a refusal. A server asks only where the vault opens without asking for a passphrase.`,
  kind: 'command',
  scope: 'admin',
  stepUp: true,
  isLong: true,
  handlesSecrets: true,
  get input() {
    return z.object({ label: labelField });
  },
  get output() {
    return z.object({ provider: providerLine() });
  },
  positionals: ['label'],
  examples: [
    { command: 'provider check grok', does: 'latency, key, what it may do, models' },
    { command: 'provider check grok --json', does: 'the same for a program' },
  ],
});

export const providerSet = operation({
  name: 'provider set',
  group: 'providers',
  summary: 'Choose the model of a provider',
  details:
    'By its id, as provider check lists them. One that the provider does not list is taken, with a warning: some have aliases.',
  kind: 'command',
  scope: 'admin',
  stepUp: true,
  handlesSecrets: true,
  get input() {
    return z.object({
      label: labelField,
      model: modelField.meta({ description: 'Id of the model', placeholder: 'model' }),
    });
  },
  get output() {
    return z.object({ provider: providerLine() });
  },
  positionals: ['label', 'model'],
  examples: [
    { command: 'provider set grok grok-4.3', does: 'that one from now on' },
    { command: 'provider set ollama llama3.1:8b --json', does: 'the same for a program' },
  ],
});

export const providerRotate = operation({
  name: 'provider rotate',
  group: 'providers',
  summary: 'Put a new key in the place of a provider’s',
  details: `${ASKED} The provider must take the new key before it replaces the old one, which is overwritten.`,
  kind: 'command',
  scope: 'admin',
  stepUp: true,
  asksSecrets: true,
  isLong: true,
  handlesSecrets: true,
  get input() {
    return z.object({ label: labelField, test: testField });
  },
  get output() {
    return z.object({ provider: providerLine() });
  },
  positionals: ['label'],
  examples: [
    { command: 'provider rotate grok', does: 'asks for the new key' },
    { command: 'provider rotate grok --no-test', does: 'without asking the provider' },
  ],
});

export const providerRm = operation({
  name: 'provider rm',
  group: 'providers',
  summary: 'Remove a provider and forget its key for good',
  details:
    'The key is overwritten in the database. Copies and backups of it have it still, sealed: delete it at the provider, too.',
  kind: 'command',
  scope: 'admin',
  stepUp: true,
  handlesSecrets: true,
  get input() {
    return z.object({ label: labelField });
  },
  get output() {
    return z.object({ removed: z.string() });
  },
  positionals: ['label'],
  examples: [
    { command: 'provider rm grok', does: 'by its label' },
    { command: 'provider rm grok --json', does: 'the same for a program' },
  ],
});
