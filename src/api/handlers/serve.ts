import { formatTime } from '../../core/vocabulary/time.ts';
import type { Log } from '../../ports/logs.ts';
import type { Span } from '../../ports/tracing.ts';
import { Failure } from '../failures.ts';
import type { Server, ServerOptions } from '../http/server-options.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { BusWatch } from './bus-watch.ts';
import { type DemoDesk, openDemoDesk } from './demo-desk.ts';
import { failureOf } from './failure-of.ts';
import { pause } from './pause.ts';
import { ServedAlerts } from './serve-alerts.ts';
import { ServedJobs } from './serve-jobs.ts';

const UPDATE_MS = 5_000;
/** What is under way when the server is to end has so long. */
const FAREWELL_MS = 60_000;
const LOOPBACK: readonly string[] = ['127.0.0.1', '::1', 'localhost'];
/** What clients on this machine call a server that listens there only. */
const LOOPBACK_HOSTS: readonly string[] = ['127.0.0.1', '[::1]', 'localhost'];

export async function serve(input: Input<'serve'>, world: World, call: Call): Promise<Output<'serve'>> {
  const { clock } = world;
  const isLoopback = LOOPBACK.includes(input.host);
  const tls = tlsOf(input, world);
  const allowsLocal = isLoopback && !input.requireKey && !input.behindProxy;
  const keys = await usableKeys(world);
  const users = async (): Promise<number> => (await (await world.users()).list()).length;
  if (!isLoopback && tls === null && !input.behindProxy)
    throw new Failure('exposure-refused', `${input.host} is no address of this machine alone, and there is no TLS`, {
      details: { field: 'host', found: input.host },
    });
  if (!allowsLocal && keys === 0 && (await users()) === 0)
    throw new Failure('exposure-refused', 'a key or a user is needed by everybody, and there is none', {
      hint: 'Make one with tradewright apikey add, or tradewright users add.',
      details: { field: input.requireKey ? 'requireKey' : input.behindProxy ? 'behindProxy' : 'host' },
    });
  const [sample] = world.settings.samples;
  if (sample !== undefined && (!isLoopback || input.behindProxy))
    throw new Failure('exposure-refused', `${sample} has a password that stands in examples, which everybody tries`, {
      hint: 'Give what it opens another one: openssl rand -base64 24.',
      details: { field: sample },
    });
  const startMs = clock.elapsedMs();
  let desk: DemoDesk | null = null;
  const watch = new BusWatch(world);
  await watch.look();
  const log = await world.logs.open(`server-${input.port}`, {}, input.log);
  const alertLog = log.of('alerts');
  const alerts = input.alerts
    ? new ServedAlerts(world, (problem) => alertLog.write('error', 'alerts-in-trouble', { problem }))
    : null;
  let server: Server;
  let jobs: ServedJobs | null = null;
  try {
    if (input.jobs !== 0) jobs = await ServedJobs.open(world, { atOnce: input.jobs, log });
    server = await open(input, { tls, allowsLocal, isLoopback, watch }, { alerts, jobs, log }, world);
  } catch (error) {
    await Promise.all([alerts?.close(), jobs?.close(0)]);
    await log.close();
    throw error;
  }
  log.write('info', 'server-started', { version: world.version });
  const name = input.host.includes(':') ? `[${input.host}]` : input.host;
  const url = `${tls === null ? 'http' : 'https'}://${name}:${server.port}`;
  try {
    if (input.demo) desk = await openDemoDesk(world, (warning) => call.warn(warning));
    const endMs = input.seconds === undefined ? Number.POSITIVE_INFINITY : startMs + input.seconds * 1000;
    for (;;) {
      call.update({
        ...{ time: formatTime(clock.nowMs()), url, needsKey: !allowsLocal },
        ...{ keys: await usableKeys(world), users: await users() },
        ...{ answered: server.answered(), underWay: server.underWay() },
        demo: desk?.session ?? null,
      });
      if (call.stop.aborted || clock.elapsedMs() >= endMs) break;
      await watch.look();
      const wait = pause(clock, Math.min(UPDATE_MS, endMs - clock.elapsedMs()), call.stop);
      await (desk === null ? wait : Promise.race([wait, desk.failed]));
    }
  } finally {
    await desk?.close();
    await Promise.all([server.close(FAREWELL_MS), alerts?.close(), jobs?.close(input.jobGrace * 1000)]);
    log.write('info', 'server-ended');
    await log.close();
  }
  return { seconds: (clock.elapsedMs() - startMs) / 1000, answered: server.answered() };
}

async function open(
  input: Input<'serve'>,
  facts: {
    readonly tls: { key: string; cert: string } | null;
    readonly allowsLocal: boolean;
    readonly isLoopback: boolean;
    readonly watch: BusWatch;
  },
  { alerts, jobs, log }: { readonly alerts: ServedAlerts | null; readonly jobs: ServedJobs | null; readonly log: Log },
  world: World,
): Promise<Server> {
  const [{ openServer }, { execute }] = await Promise.all([import('../http/server.ts'), import('./handlers.ts')]);
  const { tls, allowsLocal, isLoopback, watch } = facts;
  const http = log.of('http');
  const tracing = await world.tracing();
  try {
    return await openServer({
      ...{ host: input.host, port: input.port, tls, allowsLocal, isBehindProxy: input.behindProxy },
      ...{
        rate: input.rate,
        quota: input.quota,
        mcpTier: input.mcpTier,
        world,
        clock: world.clock,
        execute,
        failureOf,
      },
      hosts: isLoopback && !input.behindProxy ? LOOPBACK_HOSTS : null,
      probes: {
        catalogue: () => world.catalogue.list(),
        latches: async () => (await world.control()).latches.all(),
        keys: async () => (await world.apiKeys()).list(),
        ...(alerts === null ? {} : { alerts: () => alerts.probe() }),
        ...(jobs === null ? {} : { jobs: () => jobs.probe() }),
      },
      onDefect: (error, correlation) => {
        const fault = error instanceof Error ? String(error.stack) : String(error);
        // What nobody foresaw is seen, whatever is set.
        if (!world.logs.isSet && !input.log)
          process.stderr.write(`${JSON.stringify({ level: 'error', correlation, fault })}\n`);
        http.write('error', 'defect', { correlation, fault });
      },
      onAnswer: ({ traceparent, ...answer }) => {
        http.write('info', 'answered', answer);
        if (tracing.isOn) tracing.record(spanOf(answer, traceparent, world.clock.nowMs()));
      },
      busFigures: () => watch.figures(),
      ...(jobs === null ? {} : { jobTally: jobs.tally }),
    });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL', 'ENOTFOUND'].includes(code))
      throw new Failure('port-unavailable', `cannot listen on ${input.host}:${input.port}: ${code}`, {
        details: { field: 'port', found: input.port },
        cause: error,
      });
    if (tls !== null && /^ERR_(?:OSSL|SSL)_/.test(code))
      throw new Failure('exposure-refused', `certificate and key cannot be used: ${code}`, {
        details: { field: 'tlsCert' },
        cause: error,
      });
    throw error;
  }
}

type Answered = Omit<Parameters<NonNullable<ServerOptions['onAnswer']>>[0], 'traceparent'>;

/** A request as a span, by the semantic conventions of HTTP. */
function spanOf(
  { correlation, method, route, status, elapsedMs }: Answered,
  parent: string | null,
  nowMs: number,
): Span {
  return {
    ...{ name: `${method} ${route}`, startMs: nowMs - elapsedMs, endMs: nowMs, isServer: true, parent },
    attributes: {
      ...{ 'http.request.method': method, 'http.route': route, 'http.response.status_code': status },
      'tradewright.correlation': correlation,
    },
    failure: status >= 500 ? `status ${status}` : null,
  };
}

/** The certificate and its key; null without TLS. Throws {@link Failure}. */
function tlsOf({ tlsCert, tlsKey }: Input<'serve'>, world: World): { key: string; cert: string } | null {
  if (tlsCert === undefined && tlsKey === undefined) return null;
  if (tlsCert === undefined || tlsKey === undefined)
    throw new Failure('exposure-refused', 'expected both --tls-cert and --tls-key, found one', {
      details: { field: tlsCert === undefined ? 'tlsCert' : 'tlsKey' },
    });
  const read = (file: string, field: string): string => {
    const text = world.files.read(file);
    if (text === null) throw new Failure('file-not-found', `there is no file ${file}`, { details: { file, field } });
    return text;
  };
  return { cert: read(tlsCert, 'tlsCert'), key: read(tlsKey, 'tlsKey') };
}

/** How many keys open something now. */
async function usableKeys(world: World): Promise<number> {
  const nowMs = world.clock.nowMs();
  const keys = await (await world.apiKeys()).list();
  return keys.filter((k) => k.revokedAtMs === null && (k.expiresAtMs === null || k.expiresAtMs > nowMs)).length;
}
