import { z } from 'zod';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { USER_NAME } from '../browser-session.ts';
import { ACCESS_SCOPES, operation } from '../operation.ts';

const HOME_ONLY = 'Who may ask is decided on the machine of the server.';
const ASKED =
  'The password is asked for at the terminal, where it is not shown, or read from standard input, one line; it is never taken from the command line, which every user of the machine can read. Only a slow hash of it is kept (Argon2id).';

const nameField = z
  .string()
  .regex(USER_NAME, 'expected up to 60 lower case letters, digits, and . - _ between them')
  .meta({ description: 'Name of the user', placeholder: 'name' });

const scopeField = z
  .array(z.enum(ACCESS_SCOPES))
  .min(1, 'expected at least one scope')
  .meta({ description: 'What the user may do; may be repeated' });

const userLine = lazy(() =>
  z.object({
    name: z.string(),
    scopes: z.array(z.string()),
    created: z.string(),
    passwordChanged: z.string(),
    /** Null before the first time. */
    lastSignIn: z.string().nullable(),
  }),
);
export type UserLine = z.output<ReturnType<typeof userLine>>;

export const usersAdd = operation({
  name: 'users add',
  group: 'server',
  summary: 'Let somebody sign in at the server with a password',
  details: `${ASKED} Scopes are those of keys, and stand each for itself: tradewright apikey add explains them.`,
  kind: 'command',
  scope: 'admin',
  localOnly: HOME_ONLY,
  handlesSecrets: true,
  get input() {
    return z.object({
      name: nameField,
      scope: scopeField.default(['read']).meta({ description: 'What the user may do; may be repeated; default read' }),
    });
  },
  get output() {
    return z.object({ user: userLine() });
  },
  positionals: ['name'],
  examples: [
    { command: 'users add ann', does: 'one who only looks' },
    { command: 'users add ann --scope read --scope trade --scope risk', does: 'one who trades, and stops trading' },
  ],
});

export const usersLs = operation({
  name: 'users ls',
  group: 'server',
  summary: 'List who may sign in at the server',
  kind: 'query',
  scope: 'admin',
  get input() {
    return z.object({});
  },
  get output() {
    return z.object({ users: z.array(userLine()) });
  },
  positionals: [],
  examples: [
    { command: 'users ls', does: 'all of them' },
    { command: 'users ls --json', does: 'the same for a program' },
  ],
});

export const usersRemove = operation({
  name: 'users remove',
  group: 'server',
  summary: 'Let a user sign in no more, and end every sign-in',
  details: 'A server that runs heeds it at the next request, and closes WebSockets within three seconds.',
  kind: 'command',
  scope: 'admin',
  stepUp: true,
  get input() {
    return z.object({ name: nameField });
  },
  get output() {
    return z.object({ user: userLine() });
  },
  positionals: ['name'],
  examples: [
    { command: 'users remove ann', does: 'ends it in every browser' },
    { command: 'users remove ann --dry-run', does: 'only looks whether it could' },
  ],
});

export const usersSetPassword = operation({
  name: 'users set-password',
  group: 'server',
  summary: 'Give a user another password, and end every sign-in',
  details: ASKED,
  kind: 'command',
  scope: 'admin',
  localOnly: HOME_ONLY,
  handlesSecrets: true,
  get input() {
    return z.object({ name: nameField });
  },
  get output() {
    return z.object({ user: userLine() });
  },
  positionals: ['name'],
  examples: [
    { command: 'users set-password ann', does: 'asks for the new one' },
    { command: 'users set-password ann --json', does: 'the same for a program that writes it to standard input' },
  ],
});

export const usersSetScopes = operation({
  name: 'users set-scopes',
  group: 'server',
  summary: 'Say anew what a user may do, and end every sign-in',
  kind: 'command',
  scope: 'admin',
  localOnly: HOME_ONLY,
  get input() {
    return z.object({ name: nameField, scope: scopeField });
  },
  get output() {
    return z.object({ user: userLine() });
  },
  positionals: ['name'],
  examples: [
    { command: 'users set-scopes ann --scope read', does: 'only looks from now on' },
    {
      command: 'users set-scopes ann --scope read --scope admin',
      does: 'looks, and has accounts, keys, users and the files of the machine',
    },
  ],
});
