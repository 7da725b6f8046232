import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Failure } from '../failures.ts';
import { addMcpRoute } from '../mcp/http-route.ts';
import { Hub } from '../topics/hub.ts';
import { UPLOAD_TYPE, UPLOADS_PATH } from '../upload.ts';
import { SOCKET_PATH, Sockets } from '../websocket/sockets.ts';
import { ANYBODY, type Client, Gate } from './access.ts';
import { BrowserSessions } from './browser-sessions.ts';
import { bucketName } from './bucket-name.ts';
import { ComingFiles, refuseBroken } from './coming-files.ts';
import { addDeskFiles, asksForPage } from './desk-files.ts';
import { DOCS_POLICY, docsPage } from './docs-page.ts';
import { addTextRoutes } from './docs-texts.ts';
import { Followers } from './followers.ts';
import { Health } from './health.ts';
import { Limit } from './limit.ts';
import { Metrics } from './metrics.ts';
import { Once } from './once.ts';
import { openApiDocument } from './openapi.ts';
import { answerOperation, type Desk } from './operation-answer.ts';
import { guardForgery, guardOrigin } from './origin.ts';
import { isPassword } from './passwords.ts';
import { PROBLEM_TYPE, problemOf, statusOf } from './problem.ts';
import { ROUTES } from './routes.ts';
import type { Server, ServerOptions } from './server-options.ts';
import { Serving } from './serving.ts';
import { readHomeFigures, readJobCounts } from './session-metrics.ts';
import { addSessionRoutes, SESSION_ROUTES } from './session-routes.ts';
import { SignIns } from './sign-ins.ts';
import { streamRunner } from './stream-runner.ts';
import { addUploadRoutes, UPLOAD_ROUTES } from './upload-routes.ts';

const LARGEST_BODY_BYTES = 1_048_576;
/** A client that takes longer to say what it wants is cut. */
const LONGEST_REQUEST_MS = 15_000;
const LONGEST_HEAD_MS = 10_000;
const IDLE_MS = 30_000;
const CHECK_MS = 5_000;
/** Most of them are WebSockets that wait. */
const MOST_CONNECTIONS = 20_000;
const CORRELATION = /^[A-Za-z0-9._-]{1,64}$/;
const STRICT_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** A request with who asks it, once that is known. */
type Asked = FastifyRequest & { client?: Client };

/** Starts to serve. Rejects with what the system says where the address cannot be listened on. */
export async function openServer(options: ServerOptions): Promise<Server> {
  const { world, clock } = options;
  const { allowsLocal } = options;
  const [{ fastify }, keys, users, requests] = await Promise.all([
    import('fastify'),
    world.apiKeys(),
    world.users(),
    world.requests(),
  ]);
  const nowMs = (): number => clock.nowMs();
  const sessions = new BrowserSessions(users, { isSecure: options.tls !== null || options.isBehindProxy });
  const gate = new Gate(keys, sessions, { allowsLocal, nowMs });
  const compare = options.comparePassword ?? isPassword;
  const signIns = new SignIns({
    ...{ users, sessions, compare, limits: world.requestLimits },
    elapsedMs: () => clock.elapsedMs(),
  });
  const addresses = new Limit(world.requestLimits, 'address', options.rate);
  const clients = new Limit(world.requestLimits, 'client', options.quota);
  const once = new Once(requests, clock);
  const streams = new Set<AbortController>();
  const followers = new Followers(gate, clock);
  const { failureOf, onDefect } = options;
  const desk: Desk = {
    serving: new Serving(world, options.execute, options.roles ?? null),
    ...{ once, streams, followers, failureOf, onDefect },
  };
  const hub = new Hub(streamRunner(desk), clock);
  const sockets = await Sockets.open({
    ...{ desk, hub, gate, quotas: clients, addresses, clock, version: world.version },
    ...{ hosts: options.hosts, isBehindProxy: options.isBehindProxy },
    onEnd: ({ correlation, status, elapsedMs, client }) => {
      if (status !== 101) metrics.answered(SOCKET_PATH, status, elapsedMs);
      options.onAnswer?.({
        ...{ correlation, method: 'GET', route: SOCKET_PATH, status, elapsedMs, client },
        traceparent: null,
      });
    },
  });
  const metrics = new Metrics({
    ...{ streams: () => streams.size, topics: () => hub.size, bus: options.busFigures, jobs: options.jobTally },
    ...{ sockets: () => sockets.size, subscriptions: () => sockets.subscriptions },
  });
  const health = new Health(options.probes, clock);
  const { requestMs = LONGEST_REQUEST_MS, checkMs = CHECK_MS, silenceMs } = options.patience ?? {};
  const coming = new ComingFiles(clock, silenceMs);
  let answered = 0;
  let isEnding = false;

  const settings = {
    bodyLimit: LARGEST_BODY_BYTES,
    requestTimeout: requestMs,
    clientErrorHandler: (error: NodeJS.ErrnoException, socket: Socket) => {
      if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && coming.has(socket)) return;
      refuseBroken(error, socket);
    },
    keepAliveTimeout: IDLE_MS,
    // The proxy itself is believed, and nobody that it heard of.
    trustProxy: options.isBehindProxy ? (_address: string, hop: number) => hop === 0 : false,
    requestIdHeader: false,
    genReqId: (raw: IncomingMessage) => {
      const given = raw.headers['x-correlation-id'];
      return typeof given === 'string' && CORRELATION.test(given) ? given : randomUUID();
    },
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    routerOptions: { maxParamLength: 256 },
  } as const;
  const timeouts = { headersTimeout: Math.min(LONGEST_HEAD_MS, requestMs), connectionsCheckingInterval: checkMs };
  const app = (options.tls === null
    ? fastify({ ...settings, http: timeouts })
    : fastify({ ...settings, https: { ...options.tls, ...timeouts } })) as unknown as FastifyInstance;
  app.server.maxConnections = MOST_CONNECTIONS;
  app.server.on('upgrade', (request, socket, head) => void sockets.upgrade(request, socket, head));

  const refuse = (reply: FastifyReply, failure: Failure): void => {
    const id = reply.request.id;
    if (failure.code === 'unexpected') options.onDefect(failure.cause ?? failure, id);
    void reply
      .code(statusOf(failure))
      .header('content-type', PROBLEM_TYPE)
      .send(JSON.stringify(problemOf(failure, id)));
  };

  app.removeAllContentTypeParsers();
  // The text as it came: its hash is what an idempotency key stands for.
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', async (request: Asked, reply) => {
    void reply.headers({
      'x-correlation-id': request.id,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'content-security-policy': STRICT_POLICY,
      'cache-control': 'no-store',
    });
    try {
      await limit(addresses, bucketName(request.ip), reply, 'the address');
      guardOrigin(request, options.hosts);
      const { access } = request.routeOptions.config;
      if (access !== 'anybody' && !asksForPage(request)) {
        const { authorization, cookie } = request.headers;
        const shown = { authorization, cookie: access === 'keys' ? undefined : cookie };
        const client = await gate.clientOf(shown, request.ip);
        await limit(clients, client.name, reply, 'the client');
        const { browser } = client;
        if (browser !== undefined) {
          if (request.method !== 'GET') guardForgery(request, browser);
          sessions.used(browser);
        }
        request.client = client;
      }
    } catch (error) {
      refuse(reply, options.failureOf(error));
      return reply;
    }
    return undefined;
  });
  app.addHook('onResponse', (request, reply, done) => {
    answered++;
    const route = request.routeOptions.url ?? 'unknown';
    metrics.answered(route, reply.statusCode, reply.elapsedTime);
    options.onAnswer?.({
      ...{ correlation: request.id, method: request.method, route, status: reply.statusCode },
      ...{ elapsedMs: reply.elapsedTime, client: (request as Asked).client?.name ?? null },
      traceparent: typeof request.headers['traceparent'] === 'string' ? request.headers['traceparent'] : null,
    });
    done();
  });
  app.setErrorHandler((error: Error & { readonly code?: string }, request, reply) => {
    const expected = request.routeOptions.url === UPLOADS_PATH ? `a file as ${UPLOAD_TYPE}` : 'JSON';
    refuse(reply, frameworkFailure(error, expected) ?? options.failureOf(error));
  });
  const sendDesk = await addDeskFiles(app, world.deskFolder);
  app.setNotFoundHandler((request, reply) => {
    if (sendDesk !== null && asksForPage(request)) return sendDesk(reply);
    const path = request.url.split('?')[0]!;
    const methods = methodsOf(path);
    if (methods === '') return refuse(reply, new Failure('route-unknown', 'there is no such route'));
    void reply.header('allow', methods);
    return refuse(reply, new Failure('method-wrong', `${path} is ${methods}`, { details: { expected: methods } }));
  });

  for (const route of ROUTES)
    app.route({
      method: route.method,
      url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      exposeHeadRoute: false,
      handler: (request: Asked, reply) => answerOperation(desk, route, request.client!, request, reply, refuse),
    });
  addSessionRoutes(app, { gate, sessions, signIns, allowsLocal, failureOf, refuse });
  const uploads = addUploadRoutes(app, {
    ...{ uploads: world.uploads, coming, clock, roles: options.roles ?? null, streams, failureOf, refuse },
  });
  addMcpRoute(app, { desk, world, localTier: options.mcpTier ?? 'research', refuse });
  addTextRoutes(app, world, refuse);
  // Most servers are never asked for it, and to make it takes as long as a third of the start.
  let document: string | null = null;
  const page = docsPage(world.version);
  const json = 'application/json; charset=utf-8';
  app.get('/openapi.json', (_request, reply) => {
    document ??= JSON.stringify(openApiDocument(world.version));
    return reply.header('content-type', json).send(document);
  });
  app.get('/docs', (_request, reply) =>
    reply.headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': DOCS_POLICY }).send(page),
  );
  app.get('/health/live', ANYBODY, (_request, reply) => reply.header('content-type', json).send('{"status":"live"}'));
  app.get('/health/ready', ANYBODY, async (_request, reply) => {
    const { status } = await health.report();
    const isReady = status === 'ready' && !isEnding;
    return reply
      .code(isReady ? 200 : 503)
      .header('content-type', json)
      .send(JSON.stringify({ status: isReady ? 'ready' : 'not-ready' }));
  });
  app.get('/health', async (request: Asked, reply) => {
    if (!request.client!.scopes.has('read')) return refuse(reply, new Failure('scope-missing', 'needs the scope read'));
    const report = await health.report();
    return reply
      .code(report.status === 'ready' ? 200 : 503)
      .header('content-type', json)
      .send(JSON.stringify(report));
  });
  app.get('/metrics', async (request: Asked, reply) => {
    if (!request.client!.scopes.has('read')) return refuse(reply, new Failure('scope-missing', 'needs the scope read'));
    const text = metrics.text(await readHomeFigures(world), await readJobCounts(world));
    return reply.header('content-type', 'text/plain; version=0.0.4; charset=utf-8').send(text);
  });

  await app.listen({ host: options.host, port: options.port });
  const { port } = app.server.address() as AddressInfo;
  return {
    port,
    answered: () => answered,
    underWay: () => streams.size + hub.size,
    async close(longestMs) {
      isEnding = true;
      once.end();
      uploads.close();
      // What only reads is ended at once; deeds are finished.
      for (const stream of streams) stream.abort();
      const late = Promise.withResolvers<void>();
      const timer = clock.after(longestMs, () => {
        app.server.closeAllConnections();
        late.resolve();
      });
      await Promise.race([Promise.all([sockets.close(), hub.close()]), late.promise]);
      await app.close();
      await once.settled();
      timer.cancel();
      metrics.close();
    },
  };
}

/** Methods that a path has, with commas between; nothing where there is no such path. */
function methodsOf(path: string): string {
  const words = path.split('/');
  const isSame = (part: string, k: number): boolean => part === words[k] || (part.startsWith('{') && words[k] !== '');
  const found = ROUTES.filter((r) => {
    const parts = r.path.split('/');
    return parts.length === words.length && parts.every(isSame);
  });
  const others = [...SESSION_ROUTES, ...UPLOAD_ROUTES].filter((r) => r.path === path);
  return [...new Set([...found, ...others].map((r) => r.method))].join(', ');
}

async function limit(limits: Limit, name: string, reply: FastifyReply, whose: string): Promise<void> {
  const { isAllowed, remaining, retryAfterMs } = await limits.take(name);
  void reply.header('ratelimit-limit', limits.size.capacity).header('ratelimit-remaining', remaining);
  if (isAllowed) return;
  void reply.header('retry-after', Math.max(1, Math.ceil(retryAfterMs / 1000)));
  throw new Failure('rate-limited', `${whose} asks more often than it may`);
}

/** What the framework refuses by itself. */
function frameworkFailure(
  { code = '', statusCode }: Error & { code?: string; statusCode?: number },
  expected: string,
): Failure | null {
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new Failure('body-too-large', `expected at most ${LARGEST_BODY_BYTES} bytes`);
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new Failure('media-type-unsupported', `expected ${expected}`);
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500 && code.startsWith('FST_'))
    return new Failure('body-invalid', 'the request cannot be read');
  // The client has hung up in the middle of it.
  if (code === 'ECONNRESET' && statusCode === 400) return new Failure('body-invalid', 'the request broke off');
  return null;
}
