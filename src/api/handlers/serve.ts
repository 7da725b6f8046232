import { formatTime } from '../../core/vocabulary/time.ts';
import type { Log } from '../../ports/logs.ts';
import type { Span } from '../../ports/tracing.ts';
import { Failure } from '../failures.ts';
import type { Probes } from '../http/health.ts';
import type { Server, ServerOptions } from '../http/server-options.ts';
import type { Input, Output } from '../operations/table.ts';
import { ANSWERING, type Role, rolesOf } from '../roles.ts';
import type { Call, World } from '../world.ts';
import { BusWatch } from './bus-watch.ts';
import { type DemoDesk, openDemoDesk } from './demo-desk.ts';
import { failureOf } from './failure-of.ts';
import type { JobTally } from './job-tally.ts';
import { pause } from './pause.ts';
import { ServedAlerts } from './serve-alerts.ts';
import { ServedJobs } from './serve-jobs.ts';
import { ServedWatchdog } from './serve-watchdog.ts';
import { type ServedModule, ServedModules } from './served-modules.ts';
import { ServedSessions } from './served-sessions.ts';

const UPDATE_MS = 5_000;
const PORT = 7330;
/** What is under way when the server is to end has so long. */
const FAREWELL_S = 60;
const LOOPBACK: readonly string[] = ['127.0.0.1', '::1', 'localhost'];
/** What clients on this machine call a server that listens there only. */
const LOOPBACK_HOSTS: readonly string[] = ['127.0.0.1', '[::1]', 'localhost'];

export async function serve(input: Input<'serve'>, world: World, call: Call): Promise<Output<'serve'>> {
  const { clock } = world;
  const roles = rolesOf(input.role, input.watchdog !== undefined);
  const port = input.port ?? numberOf('port', world.serving.port, PORT, 65_535);
  const graceMs = 1_000 * (input.grace ?? numberOf('grace', world.serving.grace, FAREWELL_S, 3_600));
  if (input.role.includes('risk') && input.watchdog === undefined)
    throw new Failure(
      'input-invalid',
      'watchdog: expected --watchdog with what is to be done, as the role risk acts by itself',
      {
        details: { field: 'watchdog' },
      },
    );
  const isLoopback = LOOPBACK.includes(input.host);
  const tls = tlsOf(input, world);
  const allowsLocal = isLoopback && !input.requireKey && !input.behindProxy;
  const keys = await usableKeys(world);
  const users = await userCount(world);
  if (!isLoopback && tls === null && !input.behindProxy)
    throw new Failure('exposure-refused', `${input.host} is no address of this machine alone, and there is no TLS`, {
      details: { field: 'host', found: input.host },
    });
  // A process that answers no operations opens nothing that a key would guard: its health and figures ask for one all the same.
  if (!allowsLocal && keys === 0 && users === 0 && ANSWERING.some((role) => roles.has(role)))
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
  if (input.role.includes('strategy'))
    call.warn({
      code: 'role-mapped',
      message: 'the role strategy is execution here: a strategy decides within the session that executes it',
      hint: 'Nothing is to be done.',
    });
  const startMs = clock.elapsedMs();
  let known = { keys, users };
  /** A database that is away for a moment ends no server. */
  const whoMay = async (): Promise<typeof known> => {
    try {
      known = { keys: await usableKeys(world), users: await userCount(world) };
    } catch {
      // As it was.
    }
    return known;
  };
  let server: Server | null = null;
  let desk: DemoDesk | null = null;
  const watch = new BusWatch(world);
  await watch.look();
  const log = await world.logs.open(`server-${port}`, {}, input.log);
  const executes = roles.has('execution') ? new ServedSessions(world, log.of('sessions'), graceMs) : null;
  const jobs = input.jobs !== 0 && roles.has('backtest') ? jobsModule(world, log, input, roles) : null;
  const modules = new ServedModules(
    [
      { name: 'catalogue', start() {}, probe: () => probeCatalogue(world) },
      { name: 'latches', start() {}, probe: async () => (await world.control()).latches.all() },
      { name: 'keys', start() {}, probe: async () => (await world.apiKeys()).list() },
      ...(input.alerts && roles.has('monitor') ? [alertsModule(world, log)] : []),
      ...(roles.has('risk') && input.watchdog !== undefined ? [watchdogModule(world, log, input.watchdog)] : []),
      ...(jobs === null ? [] : [jobs]),
      ...(executes === null
        ? []
        : [
            {
              name: 'sessions',
              start() {},
              // That the port is another's shows before anything trades.
              begin: () => executes.start(),
              probe: () => executes.probe(),
              stop: (leftMs: number) => executes.close(leftMs),
            },
          ]),
      {
        name: 'http',
        async start() {
          const facts = {
            tls,
            allowsLocal,
            isLoopback,
            watch,
            port,
            roles,
            probes: modules.probes(),
            jobTally: jobs?.tally(),
          };
          server = await open(input, facts, log, world);
        },
        stop: async (leftMs) => server?.close(leftMs),
      },
      {
        name: 'demo',
        async start() {
          if (input.demo) desk = await openDemoDesk(world, (warning) => call.warn(warning));
        },
        stop: async () => desk?.close(),
      },
    ],
    clock,
  );
  try {
    await modules.during(graceMs, async () => {
      log.write('info', 'server-started', { version: world.version });
      const opened = server! as Server;
      const demo = desk as DemoDesk | null;
      const name = input.host.includes(':') ? `[${input.host}]` : input.host;
      const url = `${tls === null ? 'http' : 'https'}://${name}:${opened.port}`;
      const endMs = input.seconds === undefined ? Number.POSITIVE_INFINITY : startMs + input.seconds * 1000;
      for (;;) {
        call.update({
          ...{ time: formatTime(clock.nowMs()), url, needsKey: !allowsLocal, ...(await whoMay()) },
          ...{
            answered: opened.answered(),
            underWay: opened.underWay(),
            roles: [...roles],
            sessions: executes?.sessions ?? [],
          },
          demo: demo?.session ?? null,
        });
        if (call.stop.aborted || clock.elapsedMs() >= endMs) break;
        await watch.look();
        const wait = pause(clock, Math.min(UPDATE_MS, endMs - clock.elapsedMs()), call.stop);
        await (demo === null ? wait : Promise.race([wait, demo.failed]));
      }
    });
  } finally {
    if ((server as Server | null) !== null) log.write('info', 'server-ended');
    await log.close();
  }
  return { seconds: (clock.elapsedMs() - startMs) / 1000, answered: (server! as Server).answered() };
}

/** A setting as a number. Throws {@link Failure} `config-invalid`. */
function numberOf(what: string, given: string | null, otherwise: number, most: number): number {
  if (given === null) return otherwise;
  const found = /^\d+$/.test(given) ? Number(given) : Number.NaN;
  if (found >= (what === 'port' ? 0 : 1) && found <= most) return found;
  throw new Failure(
    'config-invalid',
    `${what} of the environment: expected a whole number up to ${most}, found ${given}`,
    {
      details: { found: given },
    },
  );
}

function alertsModule(world: World, log: Log): ServedModule {
  const own = log.of('alerts');
  let alerts: ServedAlerts | null = null;
  return {
    name: 'alerts',
    start() {
      alerts = new ServedAlerts(world, (problem) => own.write('error', 'alerts-in-trouble', { problem }));
    },
    probe: () => alerts!.probe(),
    stop: async () => alerts?.close(),
  };
}

function watchdogModule(world: World, log: Log, policy: NonNullable<Input<'serve'>['watchdog']>): ServedModule {
  const own = log.of('watchdog');
  const dog = new ServedWatchdog(world, policy, ({ code, message, session }) =>
    own.write('error', 'watchdog-alarm', { reason: code, text: message, session }),
  );
  return { name: 'watchdog', start: () => dog.start(), probe: () => dog.probe(), stop: () => dog.close() };
}

function jobsModule(
  world: World,
  log: Log,
  { jobs: atOnce, jobGrace }: Input<'serve'>,
  roles: ReadonlySet<Role>,
): ServedModule & { tally(): JobTally | undefined } {
  let jobs: ServedJobs | null = null;
  return {
    name: 'jobs',
    // Orders and kills need no queue: a server that does anything else goes on without it.
    decides: roles.size === 1,
    async start() {
      jobs = await ServedJobs.open(world, { atOnce, log });
    },
    probe: () => jobs!.probe(),
    stop: async (leftMs) => jobs?.close(Math.min(leftMs, jobGrace * 1_000)),
    tally: () => jobs?.tally,
  };
}

async function open(
  input: Input<'serve'>,
  facts: {
    readonly tls: { key: string; cert: string } | null;
    readonly allowsLocal: boolean;
    readonly isLoopback: boolean;
    readonly watch: BusWatch;
    readonly port: number;
    readonly roles: ReadonlySet<Role>;
    readonly probes: Probes;
    readonly jobTally: JobTally | undefined;
  },
  log: Log,
  world: World,
): Promise<Server> {
  const [{ openServer }, { execute }] = await Promise.all([import('../http/server.ts'), import('./handlers.ts')]);
  const { tls, allowsLocal, isLoopback, watch, port, roles, probes, jobTally } = facts;
  const http = log.of('http');
  const tracing = await world.tracing();
  try {
    return await openServer({
      ...{ host: input.host, port, tls, roles, probes, allowsLocal, isBehindProxy: input.behindProxy },
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
      ...(jobTally === undefined ? {} : { jobTally }),
    });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL', 'ENOTFOUND'].includes(code))
      throw new Failure('port-unavailable', `cannot listen on ${input.host}:${port}: ${code}`, {
        details: { field: 'port', found: port },
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

async function userCount(world: World): Promise<number> {
  return (await (await world.users()).list()).length;
}

/** A database that is away rejects; a series that cannot be read is no less a fault of the catalogue. */
async function probeCatalogue({ catalogue }: World): Promise<void> {
  await catalogue.list();
  const [first] = await catalogue.damaged();
  if (first !== undefined) throw first.error;
}
