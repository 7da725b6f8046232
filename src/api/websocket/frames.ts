import { z } from 'zod';

/** Frames of `/ws`. Server and clients read them, browsers too. */

/** Clients hear this often that the server is there, ms. */
export const HEARTBEAT_MS = 5_000;

/** Why the server closed a socket. 1001 is that it ends, 1009 that a frame was too large. */
export const CLOSED = { goingAway: 1001, unauthenticated: 4401, tooSlow: 4408, tooOften: 4429 } as const;

const id = z.string().min(1).max(64).meta({ description: 'The client’s own name of the call or subscription' });
const topic = z.string().meta({ description: 'The server’s name of a stream that runs' });
const seq = z.number().int().nonnegative();
const input = z
  .record(z.string(), z.json())
  .default({})
  .meta({ description: 'What the operation takes, as in a POST body' });
const operation = z.string().max(100).meta({ description: 'Its name: `data ls`' });
const data = z.unknown();

/** What a client says. */
export const clientFrame = z.discriminatedUnion('k', [
  z.strictObject({ k: z.literal('auth'), key: z.string().max(200).meta({ description: 'As in `tw_…`' }) }).meta({
    description:
      'The first frame, where neither a header `authorization` gave the key nor the cookie of a sign-in came. Browsers cannot set that header.',
  }),
  z
    .strictObject({
      k: z.literal('call'),
      ...{ id, operation, input },
      key: z.string().max(255).optional().meta({ description: 'Of a command: the idempotency key, new for each deed' }),
    })
    .meta({ description: 'Carries an operation out once. Answered by `result` or `problem`, after any `progress`.' }),
  z
    .strictObject({
      k: z.literal('subscribe'),
      ...{ id, operation, input },
      from: z
        .strictObject({ topic, seq })
        .optional()
        .meta({ description: 'The last that came, to go on from there on another socket' }),
      hz: z.number().positive().max(100).optional().meta({
        description: 'At most so many deltas a second; default and most for topics of a whole state: 10',
      }),
      shared: z.boolean().default(true).meta({
        description: 'False for a stream of its own, which `unsubscribe` ends and whose result comes with `ended`',
      }),
    })
    .meta({ description: 'Follows a stream. Answered by `subscribed` or `problem`.' }),
  z
    .strictObject({ k: z.literal('unsubscribe'), id })
    .meta({ description: 'Answered by `unsubscribed`, or by `ended` for a stream of its own.' }),
]);
export type ClientFrame = z.output<typeof clientFrame>;

const problem = z
  .looseObject({ code: z.string(), detail: z.string(), hint: z.string() })
  .meta({ description: 'As over HTTP (RFC 9457)' });
const result = z
  .looseObject({ schema: z.string(), ok: z.literal(true), data, warnings: z.array(z.unknown()) })
  .meta({ description: 'As over HTTP' });

/** What the server says. */
export const serverFrame = z.discriminatedUnion('k', [
  z
    .object({
      k: z.literal('hello'),
      version: z.string(),
      client: z.string().meta({ description: 'Id of the key; `user:ann` of who signed in; `local` without either' }),
      scopes: z.array(z.string()),
      heartbeatMs: z.number(),
    })
    .meta({ description: 'Who the server takes the client for. Comes first, and again after `auth`.' }),
  z
    .object({ k: z.literal('key-needed') })
    .meta({ description: 'Nobody is heard here without a key or a sign-in: `auth` must come within 10 s.' }),
  z
    .object({ k: z.literal('heartbeat'), time: z.string() })
    .meta({ description: 'Every 5 s. A socket that stays silent for three of them is dead.' }),
  z
    .object({ k: z.literal('progress'), id, phase: z.string(), done: z.number(), total: z.number() })
    .meta({ description: 'How far a call is. Left out where the client does not keep up.' }),
  z
    .object({
      k: z.literal('result'),
      id,
      result,
      repeated: z.boolean().optional().meta({ description: 'The answer of the first time, under the same key' }),
    })
    .meta({ description: 'What came of a call.' }),
  z
    .object({ k: z.literal('problem'), id: id.nullable(), problem })
    .meta({ description: 'What a frame was refused for; `id` is null where it named none.' }),
  z
    .object({
      k: z.literal('subscribed'),
      ...{ id, topic },
      resumed: z.boolean().meta({ description: 'Whether it goes on from `from`; else a snapshot comes first' }),
      appends: z.boolean().meta({ description: 'Whether it has updates that each add something, or a whole state' }),
    })
    .meta({ description: 'From now on this topic’s frames come.' }),
  z
    .object({
      k: z.literal('snapshot'),
      ...{ topic, seq },
      reason: z.enum(['begin', 'gap', 'shorter']).meta({
        description: '`gap`: what the client asked to go on from is gone. `shorter` than the changes would be',
      }),
      whole: z.boolean().meta({ description: 'False where older updates of an appending topic are gone' }),
      data: data.meta({ description: 'The state; of an appending topic a list of updates' }),
    })
    .meta({ description: 'Replaces what the client knows of the topic.' }),
  z
    .object({
      k: z.literal('delta'),
      ...{ topic, seq },
      from: seq.meta({ description: 'The `seq` that it follows. Where the client has another one, something is lost' }),
      patch: z.array(z.unknown()).optional().meta({ description: 'JSON Patch (RFC 6902) of the state' }),
      updates: z.array(z.unknown()).optional().meta({ description: 'Of an appending topic: what is new, in order' }),
    })
    .meta({ description: 'What changed.' }),
  z
    .object({ k: z.literal('ended'), topic, result: result.optional(), problem: problem.optional() })
    .meta({ description: 'The stream is over, with its result or a problem.' }),
  z.object({ k: z.literal('unsubscribed'), id }).meta({ description: 'No more of it comes.' }),
  z
    .object({ k: z.literal('going-away') })
    .meta({ description: 'The server ends: deeds are finished, the socket is closed. Connect again.' }),
]);
export type ServerFrame = z.output<typeof serverFrame>;
