import { hash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Json } from '../../core/vocabulary/json.ts';
import { Failure } from '../failures.ts';
import type { Client } from './access.ts';
import { jsonObject } from './body.ts';
import { commandText } from './command-input.ts';
import { answerDeed, type DeedDesk, readInput } from './deed.ts';
import type { Followers } from './followers.ts';
import { type LineFormat, LineWriter } from './line-writer.ts';
import { PROBLEM_TYPE, problemOf } from './problem.ts';
import { endsByItself, followed, jobRoute, placedInput, queryInput, type Route, requireScope } from './routes.ts';
import type { Envelope, Hooks } from './serving.ts';
import { toldSecrets } from './told-secrets.ts';

/** What answers need. */
export interface Desk extends DeedDesk {
  /** What is under way and ends with the server. */
  readonly streams: Set<AbortController>;
  readonly followers: Followers;
}

/**
 * A page of its own: its script draws, whatever a strategy has written into it. It has no cookie and nothing of this server's, fetches from nowhere and
 * leaves the page around it alone. It may lead its own frame to another address, which no policy forbids, and so tell there what stands in the page.
 */
const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; sandbox allow-scripts; frame-ancestors 'self'",
};

type Refuse = (reply: FastifyReply, failure: Failure) => void;
type Given = Readonly<Record<string, Json>>;

const JSON_TYPE = 'application/json; charset=utf-8';
const SILENT: Pick<Hooks, 'progress' | 'update'> = { progress() {}, update() {} };

/** Answers one request for an operation. Never rejects. */
export async function answerOperation(
  desk: Desk,
  route: Route,
  client: Client,
  request: FastifyRequest,
  reply: FastifyReply,
  refuse: Refuse,
): Promise<FastifyReply> {
  try {
    requireScope(route.operation, client);
    if (route.operation.kind === 'command') await answerCommand(desk, route, client, request, reply);
    else await answerQuery(desk, route, client, request, reply);
  } catch (error) {
    const failure = desk.failureOf(error);
    if (!reply.sent) refuse(reply, failure);
  }
  return reply;
}

/** `prefer: respond-async` (RFC 7240): the same route with a job in the place of the deed; null where that is not asked for, or cannot be. */
function preferredJob(route: Route, { headers }: FastifyRequest): Route | null {
  return /(?:^|[,\s])respond-async(?:$|[,;\s])/i.test(String(headers['prefer'] ?? '')) ? jobRoute(route) : null;
}

/** Where a job is told of. */
function placeOfJob(body: string): string {
  const { data } = JSON.parse(body) as { readonly data: { readonly job: { readonly id: string } } };
  return `/api/jobs/${data.job.id}`;
}

/** What stands in an address after its path; nothing where nothing does. */
function queryOf({ url }: FastifyRequest): string {
  const mark = url.indexOf('?');
  return mark < 0 ? '' : url.slice(mark + 1);
}

/** A deed: asked for under a key, and finished whoever still listens. What is only tried is no deed and needs no key. */
async function answerCommand(
  desk: Desk,
  asked: Route,
  client: Client,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const asJob = preferredJob(asked, request);
  const route = asJob ?? asked;
  const body = commandText(route, queryOf(request), typeof request.body === 'string' ? request.body : '');
  const { text, askSecret } = toldSecrets(route.operation, request, body) ?? { text: body, askSecret: null };
  const places = request.params as Readonly<Record<string, string>>;
  if (route.face?.fixed?.['dryRun'] === true || isDryRun(text)) {
    const given = await readInput(route, placedInput(route, places, jsonObject(text)), client, desk);
    const envelope = await whileListenedTo(desk, reply, (stop) =>
      desk.serving.run(route, given, client, { ...SILENT, stop }),
    );
    await reply.header('content-type', JSON_TYPE).send(JSON.stringify(envelope));
    return;
  }
  const key = request.headers['idempotency-key'];
  // A job is told of in its own place, not here.
  const format = route.face?.isJob === true ? null : lineFormat(request.headers.accept);
  let writer: LineWriter | null = null;
  const lines = (): LineWriter => {
    writer ??= beginLines(reply, format!, route);
    return writer;
  };
  const answer = await answerDeed(desk, route, client, {
    ...{ text, key: typeof key === 'string' ? key : undefined, correlation: request.id },
    places,
    askSecret,
    progress: (phase, done, total) => {
      if (format !== null) lines().progress(phase, done, total);
    },
  });
  const isProblem = answer.status >= 400;
  if (format !== null && (writer !== null || !isProblem)) {
    lines().end(isProblem ? 'problem' : 'result', JSON.parse(answer.body) as object);
    return;
  }
  if (reply.sent) return;
  if (answer.status === 202) {
    void reply.header('location', placeOfJob(answer.body));
    if (asJob !== null) void reply.header('preference-applied', 'respond-async');
  }
  if (answer.isRepeated) void reply.header('idempotency-replayed', 'true');
  await reply
    .code(answer.status)
    .header('content-type', isProblem ? PROBLEM_TYPE : JSON_TYPE)
    .send(answer.body);
}

/** What is only tried is tried for who listens, and no longer: it may read a large file. */
async function whileListenedTo<T>(
  { streams }: Desk,
  { raw }: FastifyReply,
  work: (stop: AbortSignal) => Promise<T>,
): Promise<T> {
  const ending = new AbortController();
  const onClose = (): void => ending.abort();
  streams.add(ending);
  raw.once('close', onClose);
  if (raw.destroyed) onClose();
  try {
    return await work(ending.signal);
  } finally {
    raw.off('close', onClose);
    streams.delete(ending);
  }
}

/** Whether a body asks only what would be done. What cannot be read is refused later, as any other. */
function isDryRun(text: string): boolean {
  if (!text.includes('"dryRun"')) return false;
  try {
    return (JSON.parse(text) as { readonly dryRun?: unknown } | null)?.dryRun === true;
  } catch {
    return false;
  }
}

/** A query or a stream: ended when nobody listens any more. */
async function answerQuery(
  desk: Desk,
  route: Route,
  client: Client,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const { operation } = route;
  const format = lineFormat(request.headers.accept);
  const words = queryInput(route, queryOf(request));
  const asked = placedInput(route, request.params as Readonly<Record<string, string>>, words);
  const ending = new AbortController();
  const onClose = (): void => ending.abort();
  desk.streams.add(ending);
  const leave = desk.followers.add(client, request.ip, onClose);
  reply.raw.once('close', onClose);
  // It has hung up meanwhile.
  if (reply.raw.destroyed) onClose();
  try {
    const wanted = operation.kind === 'stream' ? streamInput(route, asked, format) : asked;
    const given = await readInput(route, wanted, client, desk);
    if (format === null) {
      const envelope = await desk.serving.run(route, given, client, { ...SILENT, stop: ending.signal });
      const { page } = route.face ?? {};
      void reply.headers(page === undefined ? { 'content-type': JSON_TYPE } : PAGE_HEADERS);
      const body = page === undefined ? JSON.stringify(envelope) : pageOf(envelope, page);
      await sendKept(reply, body, operation.freshForS?.(envelope.data), request.headers['if-none-match']);
    } else await tellLines(desk, route, given, client, reply, beginLines(reply, format, route), ending.signal);
  } finally {
    leave();
    reply.raw.off('close', onClose);
    desk.streams.delete(ending);
  }
}

function pageOf({ data }: Envelope, field: string): string {
  return String((data as Readonly<Record<string, unknown>>)[field]);
}

/** Sends an answer, with what caches need to keep it where it may be kept; only that it is still the same where the client has it. */
async function sendKept(
  reply: FastifyReply,
  body: string,
  freshForS: number | undefined,
  known: string | undefined,
): Promise<void> {
  if (freshForS === undefined) return void (await reply.send(body));
  const tag = `"${hash('sha256', body, 'base64url').slice(0, 27)}"`;
  void reply.headers({
    etag: tag,
    'cache-control': freshForS > 0 ? `private, max-age=${freshForS}` : 'private, no-cache',
    vary: 'authorization, cookie, accept',
  });
  const tags = (known ?? '').split(',').map((each) => each.trim().replace(/^W\//, ''));
  await (tags.includes(tag) || tags.includes('*') ? reply.code(304).send() : reply.send(body));
}

async function tellLines(
  desk: Desk,
  route: Route,
  given: Given,
  client: Client,
  reply: FastifyReply,
  writer: LineWriter,
  stop: AbortSignal,
): Promise<void> {
  try {
    const envelope = await desk.serving.run(route, given, client, {
      progress: (phase, done, total) => writer.progress(phase, done, total),
      update: (update) => writer.update(update),
      stop,
    });
    writer.end('result', envelope);
  } catch (error) {
    const failure = desk.failureOf(error);
    if (failure.code === 'unexpected') desk.onDefect(error, reply.request.id);
    writer.end('problem', problemOf(failure, reply.request.id));
  }
}

/** What a stream is asked for goes on where lines are told, and else ends by itself. Throws {@link Failure} `not-acceptable`. */
function streamInput({ operation }: Route, given: Given, format: LineFormat | null): Given {
  if (format !== null) return followed(operation, given);
  if (endsByItself(operation, given)) return given;
  throw new Failure('not-acceptable', `${operation.name} goes on: it is told line by line, not by one JSON object`);
}

function lineFormat(accept: string | undefined): LineFormat | null {
  if (accept === undefined) return null;
  if (accept.includes('application/x-ndjson')) return 'ndjson';
  return accept.includes('text/event-stream') ? 'sse' : null;
}

/** Takes the answer over from the framework, with the headers that were set. */
function beginLines(reply: FastifyReply, format: LineFormat, { operation }: Route): LineWriter {
  const headers = reply.getHeaders();
  reply.hijack();
  const contentType = format === 'ndjson' ? 'application/x-ndjson; charset=utf-8' : 'text/event-stream; charset=utf-8';
  reply.raw.writeHead(200, { ...(headers as Record<string, string>), 'content-type': contentType });
  reply.raw.flushHeaders();
  return new LineWriter(reply.raw, { format, mayLeaveOut: operation.appends !== true });
}
