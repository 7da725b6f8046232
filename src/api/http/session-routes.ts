import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { formatTime } from '../../core/vocabulary/time.ts';
import {
  BROWSER_SESSION_SCHEMA,
  type BrowserSession,
  type browserSession,
  type SignInInput,
  type StepUpInput,
  signInInput,
  stepUpInput,
} from '../browser-session.ts';
import { Failure } from '../failures.ts';
import { inputFailure } from '../input-failure.ts';
import type { Client, Gate } from './access.ts';
import { jsonObject } from './body.ts';
import type { BrowserSessions } from './browser-sessions.ts';
import { guardForgery } from './origin.ts';
import type { SignIns } from './sign-ins.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who is heard on a route: `clients`, by key, cookie or, where that is allowed, neither; `keys`, without a look at cookies; `anybody`. */
    readonly access?: 'clients' | 'keys' | 'anybody';
  }
}

/** One path by which people sign in and out. It is no operation: it has to do with the browser that asks, and with nothing else. */
export interface SessionRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly name: string;
  readonly summary: string;
  /** Null where nothing is given. */
  readonly input: z.ZodObject | null;
  /** Whether the cookie of a sign-in needs its token. */
  readonly needsToken: boolean;
}

export const SESSION_ROUTES = [
  {
    method: 'GET',
    path: '/api/session',
    name: 'browser-session',
    summary: 'Tell who asks, what that allows, and until when',
    input: null,
    needsToken: false,
  },
  {
    method: 'POST',
    path: '/api/sign-in',
    name: 'sign-in',
    summary: 'Sign in by name and password; the cookie comes back with the answer',
    input: signInInput,
    needsToken: false,
  },
  {
    method: 'POST',
    path: '/api/step-up',
    name: 'step-up',
    summary: 'Give the password again, for what is grave',
    input: stepUpInput,
    needsToken: true,
  },
  {
    method: 'POST',
    path: '/api/sign-out',
    name: 'sign-out',
    summary: 'End the sign-in of this browser',
    input: null,
    needsToken: true,
  },
] as const satisfies readonly SessionRoute[];

export interface SessionRoutesOptions {
  readonly gate: Gate;
  readonly sessions: BrowserSessions;
  readonly signIns: SignIns;
  readonly allowsLocal: boolean;
  readonly failureOf: (error: unknown) => Failure;
  readonly refuse: (reply: FastifyReply, failure: Failure) => void;
}

type Answer = (request: FastifyRequest, reply: FastifyReply) => Promise<Client | null>;

/** Adds {@link SESSION_ROUTES}. They are heard without a client; each looks for itself who asks. */
export function addSessionRoutes(app: FastifyInstance, options: SessionRoutesOptions): void {
  const { gate, sessions, signIns, allowsLocal, failureOf, refuse } = options;
  const answers: Readonly<Record<(typeof SESSION_ROUTES)[number]['path'], Answer>> = {
    '/api/session': ({ headers: { authorization, cookie }, ip }) => gate.find({ authorization, cookie }, ip),
    async '/api/sign-in'(request, reply) {
      const given = read<SignInInput>(signInInput, request);
      const { browser, setCookie } = await signIns.signIn(given, request.ip);
      // Whatever cookie came is not adopted: an id that somebody else chose is worth nothing, and what it opened is closed.
      const before = await sessions.of(request.headers.cookie);
      if (before !== null) await sessions.end(before);
      void reply.header('set-cookie', setCookie);
      return gate.signedIn(browser);
    },
    async '/api/step-up'(request) {
      const browser = await sessions.of(request.headers.cookie);
      if (browser === null) throw new Failure('unauthenticated', 'expected somebody who signed in, found nobody');
      guardForgery(request, browser);
      await signIns.prove(browser, read<StepUpInput>(stepUpInput, request).password);
      return gate.signedIn((await sessions.again(browser)) ?? browser);
    },
    async '/api/sign-out'(request, reply) {
      const browser = await sessions.of(request.headers.cookie);
      if (browser !== null) {
        guardForgery(request, browser);
        await sessions.end(browser);
      }
      void reply.header('set-cookie', sessions.clearing);
      return gate.find({ authorization: undefined, cookie: undefined }, request.ip);
    },
  };
  for (const { method, path } of SESSION_ROUTES)
    app.route({
      ...{ method, url: path, exposeHeadRoute: false, config: { access: 'anybody' } },
      async handler(request, reply) {
        try {
          const client = await answers[path](request, reply);
          // For the log: who signed in, and from where, is asked afterwards.
          if (client !== null) Object.assign(request, { client });
          const data = await told(client, !allowsLocal);
          const body = { schema: BROWSER_SESSION_SCHEMA, ok: true, data, warnings: [] };
          return await reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(body));
        } catch (error) {
          const failure = failureOf(error);
          const { retryAfterMs } = failure.details;
          if (typeof retryAfterMs === 'number')
            void reply.header('retry-after', Math.max(1, Math.ceil(retryAfterMs / 1000)));
          refuse(reply, failure);
          return reply;
        }
      },
    });
}

/** Throws {@link Failure} `input-invalid`, with nothing of what was given: it may be a password. */
function read<T>(schema: z.ZodType<T>, { body }: FastifyRequest): T {
  const parsed = schema.safeParse(jsonObject(typeof body === 'string' ? body : ''));
  if (parsed.success) return parsed.data;
  const { message, details } = inputFailure(parsed.error, {}, null);
  throw new Failure('input-invalid', message, { hint: '/openapi.json says what it takes.', details });
}

async function told(client: Client | null, needsSignIn: boolean): Promise<z.output<typeof browserSession>> {
  const browser = client?.browser;
  const time = (ms: number | undefined): string | null => (ms === undefined ? null : formatTime(ms));
  const fresh = (await client?.isProven?.()) ?? false;
  return {
    ...{ needsSignIn, signedIn: browser !== undefined, client: client?.name ?? null },
    ...{ user: browser?.signIn.user ?? null, scopes: [...(client?.scopes ?? [])] },
    csrfToken: browser?.csrfToken ?? null,
    expires: time(browser?.expiresAtMs),
    idleExpires: time(browser?.idleExpiresAtMs),
    stepUp: {
      needed: browser !== undefined,
      fresh: browser === undefined || fresh,
      until: fresh ? time(browser?.freshUntilMs) : null,
    },
  } satisfies BrowserSession;
}
