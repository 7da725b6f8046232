import { z } from 'zod';

/** What servers and browsers say to each other of who is signed in. */

/** Header that shows the token of a sign-in, with every deed that is asked for by its cookie. */
export const CSRF_HEADER = 'x-csrf-token';
export const BROWSER_SESSION_SCHEMA = 'tradewright.browser-session/1';
/** So long after a password was given, grave deeds may be done without it. */
export const STEP_UP_MS = 300_000;

/** Longer passwords only cost time. */
export const LONGEST_PASSWORD = 256;

/** Lower case letters, digits and what stands between words. */
export const USER_NAME = /^[a-z0-9](?:[a-z0-9._-]{0,58}[a-z0-9])?$/;

const password = z.string().min(1).max(LONGEST_PASSWORD);

export const signInInput = z.strictObject({
  name: z.string().min(1).max(100).meta({ description: 'As in tradewright users ls; capitals do not matter' }),
  password,
});
export type SignInInput = z.output<typeof signInInput>;

export const stepUpInput = z.strictObject({ password });
export type StepUpInput = z.output<typeof stepUpInput>;

/** Who asks, and what that means for a page. */
export const browserSession = z.object({
  needsSignIn: z.boolean().meta({ description: 'Nothing is answered to who has neither signed in nor a key' }),
  signedIn: z.boolean().meta({ description: 'By a password, in this browser' }),
  client: z.string().nullable().meta({
    description: 'As deeds are logged: `user:ann`, the id of a key, or `local` for who needs neither; null for nobody',
  }),
  user: z.string().nullable(),
  scopes: z.array(z.string()),
  csrfToken: z
    .string()
    .nullable()
    .meta({ description: `Goes into the header ${CSRF_HEADER} of every deed` }),
  expires: z.string().nullable().meta({ description: 'When the sign-in ends, however it is used' }),
  idleExpires: z.string().nullable().meta({ description: 'When it ends unless it is used' }),
  stepUp: z.object({
    needed: z.boolean().meta({ description: 'Grave deeds need the password again, unless it is fresh' }),
    fresh: z.boolean().meta({ description: 'It was given within five minutes' }),
    until: z.string().nullable(),
  }),
});
export type BrowserSession = z.output<typeof browserSession>;
