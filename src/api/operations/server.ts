import { z } from 'zod';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { MCP_TIERS } from '../mcp/tiers.ts';
import { ACCESS_SCOPES, operation } from '../operation.ts';
import { TYPED_ROLES } from '../roles.ts';
import { POLICIES } from './watchdog.ts';

/** What `serve` tells: once that it is there, then now and again how it does. */
const serveUpdate = lazy(() =>
  z.object({
    time: z.string(),
    url: z.string(),
    /** Whether programs of this machine need a key, too. */
    needsKey: z.boolean(),
    keys: z.number(),
    /** Who may sign in. */
    users: z.number(),
    answered: z.number(),
    underWay: z.number(),
    roles: z.array(z.string()),
    /** Sessions of deployments that run here. */
    sessions: z.array(z.string()),
    /** The paper session of `--demo`; null without. */
    demo: z.string().nullable(),
  }),
);
export type ServeUpdate = z.output<ReturnType<typeof serveUpdate>>;

const perSecond = (byDefault: number, whose: string) =>
  z
    .number()
    .positive()
    .max(1e6)
    .default(byDefault)
    .meta({
      description: `Requests a second of ${whose}, in the long run; ten times as many at once`,
      placeholder: 'n',
    });

export const serve = operation({
  name: 'serve',
  isService: true,
  group: 'server',
  summary: 'Serve every operation over HTTP and WebSocket',
  details:
    'Paths below /api, the desk at /, the interface at /openapi.json, its documentation at /docs, WebSockets at /ws, assistants at /mcp, /health and /metrics. On 127.0.0.1 it needs neither key nor user; elsewhere it needs one of them, and TLS or a proxy that has it. Several processes share one database, each with some of the roles; sessions of deployments (tradewright deployment add) are shared among those that execute. Ends with Ctrl-C.',
  kind: 'stream',
  scope: 'admin',
  localOnly: 'It is the server.',
  get input() {
    return z.object({
      port: z
        .number()
        .int()
        .min(0)
        .max(65_535)
        .optional()
        .meta({ description: 'Port; 0 for any free one; default TRADEWRIGHT_PORT, PORT, 7330', placeholder: 'n' }),
      host: z
        .string()
        .min(1)
        .default('127.0.0.1')
        .meta({ description: 'Address to listen on', placeholder: 'address' }),
      requireKey: z
        .boolean()
        .default(false)
        .meta({ description: 'Programs of this machine need a key or a sign-in, too' }),
      tlsCert: z.string().min(1).optional().meta({
        description: 'Certificate, PEM; with --tls-key',
        placeholder: 'file',
        completes: 'file',
      }),
      tlsKey: z.string().min(1).optional().meta({
        description: 'File of its private key, PEM',
        placeholder: 'file',
        completes: 'file',
      }),
      behindProxy: z.boolean().default(false).meta({
        description: 'A proxy of yours has the TLS, and says in x-forwarded-for who asks',
      }),
      rate: perSecond(20, 'an address'),
      quota: perSecond(50, 'a client'),
      demo: z.boolean().default(false).meta({
        description: 'Run a synthetic market along, with a paper session on it that one can operate',
      }),
      mcpTier: z.enum(MCP_TIERS).default('research').meta({
        description: 'What assistants of this machine may do at /mcp without a key',
      }),
      role: z.array(z.enum(TYPED_ROLES)).min(1).default(['all']).meta({
        description: 'What this process does, where several share a database; may be repeated; default all',
      }),
      watchdog: z.enum(POLICIES).optional().meta({
        description: 'What the role risk does about what a silent session has open; without it nobody watches',
      }),
      grace: z.number().min(1).max(3_600).optional().meta({
        description: 'Seconds that its end may take; default TRADEWRIGHT_GRACE, 60',
        placeholder: 'seconds',
      }),
      alerts: z.boolean().default(true).meta({ description: 'Leave the evaluation of alerts to others' }),
      jobs: z.number().int().min(0).max(256).optional().meta({
        description: 'Jobs at once; 0 leaves them to other servers; default one less than the machine has cores',
        placeholder: 'n',
      }),
      jobGrace: z.number().min(0).max(3_600).default(5).meta({
        description: 'At its end jobs have so long to come to theirs; then they wait for another server',
        placeholder: 'seconds',
      }),
      log: z.boolean().default(false).meta({ description: 'A line of JSON for each answer on standard error' }),
      seconds: z.number().positive().optional().meta({ description: 'End by itself after so long', placeholder: 'n' }),
    });
  },
  get output() {
    return z.object({ seconds: z.number(), answered: z.number() });
  },
  get update() {
    return serveUpdate();
  },
  positionals: [],
  examples: [
    { command: 'serve', does: 'on 127.0.0.1:7330' },
    {
      command: 'serve --host 0.0.0.0 --tls-cert server.pem --tls-key server.key',
      does: 'for other machines, with keys of tradewright apikey add',
    },
    {
      command: 'serve --role execution --role monitor',
      does: 'one of several processes on the database of TRADEWRIGHT_DATABASE',
    },
  ],
});

export const mcp = operation({
  name: 'mcp',
  group: 'server',
  summary: 'Let an assistant use the operations (MCP)',
  details:
    'Speaks the Model Context Protocol on standard input and output with the program that starts it, and ends with it. read looks; research also backtests and fetches bars; paper also orders, pauses and re-arms in sessions without real money. In live sessions an assistant may only make things safer. Files of the machine, keys and approvals are never its to use.',
  kind: 'stream',
  scope: 'admin',
  localOnly: 'A server has it at /mcp.',
  ownsOutput: true,
  get input() {
    return z.object({
      tier: z.enum(MCP_TIERS).default('read').meta({ description: 'How much it may do' }),
    });
  },
  get output() {
    return z.object({ seconds: z.number() });
  },
  positionals: [],
  examples: [
    { command: 'mcp', does: 'for an assistant that only looks' },
    { command: 'mcp --tier paper', does: 'for one that may also backtest and trade on paper' },
  ],
});

const keyLine = lazy(() =>
  z.object({
    id: z.string(),
    label: z.string(),
    scopes: z.array(z.string()),
    addresses: z.array(z.string()),
    created: z.string(),
    expires: z.string().nullable(),
    revoked: z.string().nullable(),
    lastUsed: z.string().nullable(),
  }),
);
export type ApiKeyLine = z.output<ReturnType<typeof keyLine>>;

const HOME_ONLY = 'Who may ask is decided on the machine of the server.';

export const apikeyAdd = operation({
  name: 'apikey add',
  group: 'server',
  summary: 'Make a key for a client of the server',
  details:
    'It is shown once and never again: only a hash of it is kept. Scopes stand each for itself: read looks, research computes and fetches, trade orders, risk holds trading back and lets it go on, changes limits and alerts and promotes strategies, admin has accounts, keys, users and the files of the machine.',
  kind: 'command',
  scope: 'admin',
  localOnly: HOME_ONLY,
  get input() {
    return z.object({
      label: z.string().min(1).max(60).meta({ description: 'What it is for', placeholder: 'label' }),
      scope: z
        .array(z.enum(ACCESS_SCOPES))
        .min(1, 'expected at least one scope')
        .default(['read'])
        .meta({ description: 'What it may do; may be repeated; default read' }),
      days: z
        .number()
        .positive()
        .max(3_650)
        .default(90)
        .meta({ description: 'Expires after so many days', placeholder: 'n' }),
      ip: z
        .array(z.string().min(1))
        .default([])
        .meta({ description: 'Works from this address or network only; may be repeated', placeholder: 'address' }),
    });
  },
  get output() {
    return z.object({ key: z.string(), about: keyLine() });
  },
  positionals: ['label'],
  examples: [
    { command: 'apikey add dashboard', does: 'one that only looks' },
    { command: 'apikey add desk --scope read --scope trade --ip 10.0.0.0/8 --days 30', does: 'one that orders' },
  ],
});

export const apikeyLs = operation({
  name: 'apikey ls',
  group: 'server',
  summary: 'List the keys of the server’s clients',
  kind: 'query',
  scope: 'admin',
  get input() {
    return z.object({});
  },
  get output() {
    return z.object({ keys: z.array(keyLine()) });
  },
  positionals: [],
  examples: [
    { command: 'apikey ls', does: 'all of them, revoked ones too' },
    { command: 'apikey ls --json', does: 'the same for a program' },
  ],
});

export const apikeyRevoke = operation({
  name: 'apikey revoke',
  group: 'server',
  summary: 'Let a key open nothing any more',
  details: 'A server that runs heeds it within a second.',
  kind: 'command',
  scope: 'admin',
  stepUp: true,
  get input() {
    return z.object({
      id: z.string().min(1).meta({ description: 'Id, or label, as apikey ls shows it', placeholder: 'id' }),
    });
  },
  get output() {
    return z.object({ about: keyLine() });
  },
  positionals: ['id'],
  examples: [
    { command: 'apikey revoke 0a1b2c3d', does: 'by its id' },
    { command: 'apikey revoke dashboard --json', does: 'by its label, for a program' },
  ],
});
