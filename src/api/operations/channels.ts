import { z } from 'zod';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { CHANNEL_FACTS, CHANNEL_KINDS, type ChannelSettings } from '../../ports/notifier.ts';
import { operation } from '../operation.ts';

export const nameField = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,29}$/, 'expected up to 30 letters, digits, - and _');
const channelField = nameField.meta({ description: 'Name of the channel', placeholder: 'name', completes: 'channel' });

const channelLine = lazy(() =>
  z.object({
    name: z.string(),
    kind: z.enum(CHANNEL_KINDS),
    /** Where to, without what is secret of it. */
    target: z.string(),
    allow: z.array(z.string()),
    created: z.string(),
    /** Rules that use it. */
    rules: z.array(z.string()),
    /** When its secret was last put in; null where it has none. */
    secretChanged: z.string().nullable(),
    /** Whether messages are signed under secrets of before, too. */
    formerSecret: z.boolean(),
  }),
);
export type ChannelLine = z.output<ReturnType<typeof channelLine>>;

/** What a webhook's receiver verifies with; told once. Null for other kinds. */
const newSecret = z.string().nullable();

/** Of which kinds a field is: forms show it for those alone. */
const fits = (field: keyof ChannelSettings) => ({
  fits: {
    field: 'kind',
    needed: CHANNEL_KINDS.filter((kind) => CHANNEL_FACTS[kind].needs.includes(field)),
    possible: CHANNEL_KINDS.filter((kind) => CHANNEL_FACTS[kind].takes.includes(field)),
  },
});
/** What is asked for by kind, as a form has to know before. */
const asks = Object.fromEntries(CHANNEL_KINDS.map((kind) => [kind, CHANNEL_FACTS[kind].secret]));

export const channelAdd = operation({
  name: 'channel add',
  group: 'alerts',
  summary: 'Keep a way to tell people',
  details:
    'Its secret (token, address with a token, password) is asked for at the terminal or read from standard input, and kept in the vault; it is never taken from the command line. A webhook gets a signing secret, which is shown once: a server that is asked again for the same answers null in its place. smtp: --url smtp://host:587 or smtps://host, --from, --to, and --user where there is a password. resend: --from, --to. webhook: --url. telegram: --to with the chat’s id. slack, discord: their address is the secret. pagerduty: its integration key is.',
  kind: 'command',
  scope: 'admin',
  stepUp: true,
  asksSecrets: true,
  toldOnce: 'secret',
  handlesSecrets: true,
  get input() {
    return z.object({
      kind: z.enum(CHANNEL_KINDS).meta({
        description: 'What it is: a webhook of yours, mail by a server or by Resend, a chat, a pager',
        placeholder: 'kind',
        asks,
      }),
      name: nameField.meta({ description: 'Name of the channel', placeholder: 'name' }),
      url: z
        .string()
        .min(1)
        .max(2_000)
        .optional()
        .meta({
          description:
            'Where to: https://… of a webhook, smtp://host:587 or smtps://host; of other kinds another address of the service',
          placeholder: 'url',
          ...fits('url'),
        }),
      to: z
        .array(z.string().min(1).max(320))
        .max(50)
        .default([])
        .meta({
          description: 'Recipient: an address of mail, or the id of a Telegram chat; may be repeated',
          placeholder: 'address',
          ...fits('to'),
        }),
      from: z
        .string()
        .min(3)
        .max(320)
        .optional()
        .meta({ description: 'Sender of mails', placeholder: 'address', ...fits('from') }),
      user: z
        .string()
        .min(1)
        .max(320)
        .optional()
        .meta({ description: 'User at the mail server', placeholder: 'user', ...fits('user') }),
      allow: z
        .array(z.string().min(1).max(60))
        .max(20)
        .default([])
        .meta({
          description: 'Network that is not public, and that it may connect to; may be repeated',
          placeholder: 'network',
          ...fits('allow'),
        }),
    });
  },
  get output() {
    return z.object({ channel: channelLine(), secret: newSecret });
  },
  positionals: ['kind', 'name'],
  examples: [
    {
      command: 'channel add webhook desk --url https://example.com/hooks/tradewright',
      does: 'a webhook, and its secret',
    },
    { command: 'channel add telegram phone --to 123456789', does: 'a bot; asks for its token' },
  ],
});

export const channelLs = operation({
  name: 'channel ls',
  group: 'alerts',
  summary: 'List the ways to tell people',
  kind: 'query',
  scope: 'read',
  get input() {
    return z.object({});
  },
  get output() {
    return z.object({ channels: z.array(channelLine()) });
  },
  positionals: [],
  examples: [
    { command: 'channel ls', does: 'all of them' },
    { command: 'channel ls --json', does: 'the same for a program' },
  ],
});

export const channelRm = operation({
  name: 'channel rm',
  group: 'alerts',
  summary: 'Remove a channel and forget its secret',
  details: 'One that rules use is kept: remove them first.',
  kind: 'command',
  scope: 'admin',
  stepUp: true,
  get input() {
    return z.object({ name: channelField });
  },
  get output() {
    return z.object({ removed: z.string() });
  },
  positionals: ['name'],
  examples: [
    { command: 'channel rm desk', does: 'nobody is told through it any more' },
    { command: 'channel rm desk --json', does: 'the same for a program' },
  ],
});

export const channelRotate = operation({
  name: 'channel rotate',
  group: 'alerts',
  summary: 'Replace the secret of a channel',
  details:
    'A webhook is signed under the new secret and those before, until --finish drops the old ones: give its receiver the new one in between. Of those before the last four stay. What other kinds ask for is asked for anew, and replaces the old one at once.',
  kind: 'command',
  scope: 'admin',
  stepUp: true,
  asksSecrets: true,
  toldOnce: 'secret',
  handlesSecrets: true,
  get input() {
    return z.object({
      name: channelField,
      finish: z.boolean().default(false).meta({ description: 'Drop the old secrets of a webhook' }),
    });
  },
  get output() {
    return z.object({ channel: channelLine(), secret: newSecret });
  },
  positionals: ['name'],
  examples: [
    { command: 'channel rotate desk', does: 'a new secret; the old one goes on' },
    { command: 'channel rotate desk --finish', does: 'the old one is gone' },
  ],
});

export const channelTest = operation({
  name: 'channel test',
  group: 'alerts',
  summary: 'Send a message that says that it is a test',
  kind: 'command',
  scope: 'admin',
  isLong: true,
  get input() {
    return z.object({ name: channelField });
  },
  get output() {
    return z.object({
      name: z.string(),
      outcome: z.enum(['delivered', 'retry', 'failed']),
      reason: z.string(),
      elapsedMs: z.number(),
    });
  },
  positionals: ['name'],
  examples: [
    { command: 'channel test desk', does: 'one attempt, at once' },
    { command: 'channel test desk --json', does: 'the same for a program' },
  ],
});
