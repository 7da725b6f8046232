import { DRY_RUN_SCHEMA, type DryRun } from '../api/dry-run.ts';
import { EXIT, FAILURES, Failure, type FailureDocument } from '../api/failures.ts';
import { schemaName, type Warning } from '../api/operation.ts';
import type { ServeUpdate } from '../api/operations/server.ts';
import { type CommandId, type Output, operationOf } from '../api/operations/table.ts';
import type { World } from '../api/world.ts';
import { readConfig, type ServerSetting } from '../config.ts';
import { hasInput, secretAsker } from './ask-secret.ts';
import { askToStop, type Background, runInBackground } from './background.ts';
import { isGone } from './lost-reader.ts';
import { jsonFailure, jsonResult, textFailure, textWarning } from './output.ts';
import { type Globals, type Parsed, parseCommandLine, wantsJson } from './parse.ts';
import { progressTeller } from './progress.ts';
import type { Rendering } from './render/render.ts';
import { type Style, showsColor, styleFor } from './style.ts';
import { type UpdateTeller, updateTeller } from './update-teller.ts';

/** Two signals closer than this are one: a terminal sends to the whole group, and whoever started us passes it on. */
const SAME_SIGNAL_MS = 250;

type Finished =
  | { readonly ok: true; readonly output: unknown }
  | { readonly ok: false; readonly failure: FailureDocument; readonly stack: string };

/** Runs one command line and returns its exit code. `background` starts the thread in which strategies run. */
export async function runCli(argv: readonly string[], background: () => Background): Promise<number> {
  const isColored = (stream: NodeJS.WriteStream): boolean =>
    !argv.includes('--no-color') && showsColor(stream, process.env);
  const out = styleFor(isColored(process.stdout));
  const talk = styleFor(isColored(process.stderr));
  if (argv[0] === '__complete') return complete(argv.slice(argv[1] === '--' ? 2 : 1));
  let parsed: Parsed;
  try {
    const { settings } = readConfig({});
    parsed = parseCommandLine(argv, process.stdout.isTTY === true, settings.env);
    if (parsed.globals.help) parsed = { ...parsed, ...helpOn(parsed) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return tellFailure(error.toDocument(), null, wantsJson(argv), [], talk);
  }
  const { id, globals } = parsed;
  const server = serverOf(parsed);
  if (globals.detach && server === null) return detached(parsed, argv, out, talk);
  const warnings: Warning[] = [];
  const teller = progressTeller({
    json: globals.json,
    quiet: globals.quiet,
    isTerminal: process.stderr.isTTY === true,
  });
  const hooks = {
    progress: (phase: string, done: number, total: number): void => teller.tell(phase, done, total),
    warn: (warning: Warning): void => void warnings.push(warning),
  };
  const signals = { interrupted: false };
  const isolated = operationOf(id).runsStrategies === true;
  const finished =
    server !== null
      ? await there(parsed, server, hooks, signals, out)
      : isolated
        ? await inThread(parsed, background(), hooks, signals)
        : await here(parsed, hooks, signals, { out, talk });
  teller.end();
  const told = finished.ok || server !== null ? finished : await withReport(finished, parsed);
  const isJson = globals.json && !operationOf(id).ownsOutput;
  if (!told.ok) return tellFailure(told.failure, id, isJson, warnings, talk);
  if (!operationOf(id).ownsOutput) await tell(parsed, told.output, warnings, { out, talk });
  return signals.interrupted ? EXIT.interrupted : exitCodeOf(id, told.output, parsed);
}

/** Who is to do it; null for this program, which explains itself. */
function serverOf({ id, globals }: Parsed): ServerSetting | null {
  if (id === 'help' || id === 'completion') return null;
  const { server } = readConfig(globals);
  return server.url === null ? null : server;
}

async function there(
  parsed: Parsed,
  server: ServerSetting,
  hooks: Hooks,
  signals: { interrupted: boolean },
  out: Style,
): Promise<Finished> {
  const { id, globals } = parsed;
  const { askServer } = await import('./server-call.ts');
  const stop = new AbortController();
  const leave = onSignals(stop, signals, globals);
  const screen = operationOf(id).kind === 'stream' ? await updateTeller(id, globals, out) : null;
  try {
    const update = (told: unknown): void => screen?.tell(told);
    return { ok: true, output: await askServer(parsed, server, { ...hooks, update, stop: stop.signal }) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ok: false, failure: error.toDocument(), stack: '' };
  } finally {
    screen?.end();
    leave();
  }
}

async function detached(parsed: Parsed, argv: readonly string[], out: Style, talk: Style): Promise<number> {
  const { startDetached } = await import('./detach.ts');
  try {
    process.stdout.write(await startDetached(parsed, argv, out));
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return tellFailure(error.toDocument(), parsed.id, parsed.globals.json, [], talk);
  }
}

function helpOn(parsed: Parsed): Pick<Parsed, 'id' | 'given'> {
  if (parsed.id === 'help') return parsed;
  return { id: 'help', given: { command: operationOf(parsed.id).name.split(' ') } };
}

/** A call that nobody watches. */
const QUIET_CALL = { progress: () => true, warn() {}, update() {}, askSecret: null } as const;

interface Hooks {
  progress(phase: string, done: number, total: number): void;
  warn(warning: Warning): void;
}

async function here(
  { id, given, globals }: Parsed,
  hooks: Hooks,
  signals: { interrupted: boolean },
  { out, talk }: { readonly out: Style; readonly talk: Style },
): Promise<Finished> {
  const [{ execute }, { failureOf }, { compose }] = await Promise.all([
    import('../api/handlers/handlers.ts'),
    import('../api/handlers/failure-of.ts'),
    import('../compose.ts'),
  ]);
  const { kind, isLong, ownsOutput } = operationOf(id);
  const stop = new AbortController();
  const leave = kind === 'stream' || isLong ? onSignals(stop, signals, globals) : () => {};
  const screen = kind === 'stream' && !ownsOutput ? await updateTeller(id, globals, out) : null;
  const waits = screen === null || globals.json || globals.quiet;
  const warn = waits ? (warning: Warning) => hooks.warn(warning) : sayAtOnce(id, screen, talk);
  let told: unknown = null;
  const world = compose(readConfig(globals));
  const asker = secretAsker(process.stdin, process.stderr);
  // Timers of connections keep no process alive, and one may be all that there is while a venue is away.
  const awake = setInterval(() => {}, 60_000);
  const hasKeys = id === 'serve' && !globals.json && process.stdin.isTTY === true && process.stdout.isTTY === true;
  const keys = hasKeys
    ? (await import('./keys.ts')).listenToKeys(process.stdin, out, {
        execute: (asked, input) => execute(asked, input, world, { ...QUIET_CALL, stop: stop.signal }),
        session: () => (told as ServeUpdate | null)?.demo ?? null,
        note: (text) => screen?.note(text),
        end: () => stop.abort(),
        interrupt: () => process.kill(process.pid, 'SIGINT'),
      })
    : null;
  try {
    const progress = (phase: string, done: number, total: number): boolean => {
      hooks.progress(phase, done, total);
      return !stop.signal.aborted;
    };
    return {
      ok: true,
      output: await execute(id, given, world, {
        progress,
        warn,
        update: (update) => {
          told = update;
          screen?.tell(update);
        },
        stop: stop.signal,
        askSecret: hasInput() ? asker.ask : null,
      }),
    };
  } catch (error) {
    return {
      ok: false,
      failure: failureOf(error).toDocument(),
      stack: error instanceof Error ? String(error.stack) : String(error),
    };
  } finally {
    screen?.end();
    keys?.end();
    leave();
    asker.close();
    clearInterval(awake);
    await world.close();
  }
}

/** What goes on for hours warns when it is time, not when it has ended: above what is drawn, else on standard error. */
function sayAtOnce(id: CommandId, screen: UpdateTeller, talk: Style): (warning: Warning) => void {
  const isDrawn = process.stdout.isTTY === true && operationOf(id).appends !== true;
  return (warning) => {
    const text = textWarning(warning, talk);
    if (isDrawn) screen.note(`${text}\n`);
    else process.stderr.write(`${text}\n\n`);
  };
}

/** The first signal asks to stop, the second ends at once. Answers how to take the ears off again. */
function onSignals(stop: AbortController, signals: { interrupted: boolean }, globals: Globals): () => void {
  let firstMs = Number.POSITIVE_INFINITY;
  const onSignal = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (now - firstMs > SAME_SIGNAL_MS) process.exit(EXIT.interrupted);
    if (stop.signal.aborted) return;
    // Who manages processes sends SIGTERM and takes an orderly end for success.
    signals.interrupted = signal === 'SIGINT';
    firstMs = now;
    stop.abort();
    if (!globals.json && !globals.quiet) process.stderr.write('\nstopping; again to end at once.\n');
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  // A terminal that is closed ends what runs in it in order; nohup takes the terminal away, and means to go on.
  const isAtTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY === true);
  if (isAtTerminal) process.on('SIGHUP', onSignal);
  // So does a reader that has gone: it is for whoever reads it that it goes on.
  const onLost = (error: NodeJS.ErrnoException): void => {
    if (isGone(error)) stop.abort();
  };
  process.stdout.on('error', onLost);
  return () => {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal).off('SIGHUP', onSignal);
    process.stdout.off('error', onLost);
  };
}

async function inThread(
  parsed: Parsed,
  background: Background,
  hooks: Hooks,
  signals: { interrupted: boolean },
): Promise<Finished> {
  const { id, given, globals } = parsed;
  let firstMs = Number.POSITIVE_INFINITY;
  const onSignal = (): void => {
    const now = performance.now();
    if (now - firstMs > SAME_SIGNAL_MS) process.exit(EXIT.interrupted);
    if (signals.interrupted) return;
    signals.interrupted = true;
    firstMs = now;
    askToStop(background);
    if (globals.json) process.stderr.write(`${JSON.stringify({ k: 'stopping' })}\n`);
    else if (!globals.quiet) process.stderr.write('\nstopping; what there is will be saved. Again to end at once.\n');
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  const outcome = await runInBackground(background, { id, given, home: globals.home }, globals.timeoutMs, hooks);
  process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  if (outcome.kind === 'done') return { ok: true, output: outcome.output };
  if (outcome.kind === 'failed') return { ok: false, failure: outcome.failure, stack: outcome.stack };
  if (outcome.kind === 'stalled') {
    const failure = new Failure(
      'timeout',
      `no progress for ${globals.timeoutMs / 1000} s while working on ${outcome.phase}; the run was ended`,
    );
    return { ok: false, failure: failure.toDocument(), stack: '' };
  }
  const memory = 'code' in outcome.error && outcome.error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  if (memory) {
    const failure = new Failure('strategy-failed', 'the run needs more memory than there is', {
      hint: 'Look for a strategy that orders without end, or run over less data.',
    });
    return { ok: false, failure: failure.toDocument(), stack: '' };
  }
  return {
    ok: false,
    failure: new Failure('unexpected', outcome.error.message).toDocument(),
    stack: String(outcome.error.stack),
  };
}

/** Keeps the stack of what nobody foresaw, under a name that the failure tells. */
async function withReport(
  finished: Finished & { ok: false },
  { given, globals, id }: Parsed,
): Promise<Finished & { ok: false }> {
  if (finished.failure.code !== 'unexpected') return finished;
  const { reportFault } = await import('./fault-report.ts');
  const path = reportFault(finished, { operation: id, given }, globals.home);
  const details = { ...finished.failure.details, ...(path === null ? {} : { report: path }) };
  const message = path === null ? finished.failure.message : `${finished.failure.message} (report ${path})`;
  return { ...finished, failure: { ...finished.failure, message, details } };
}

function tellFailure(
  failure: FailureDocument,
  id: CommandId | null,
  json: boolean,
  warnings: readonly Warning[],
  talk: Style,
): number {
  const name = id === null ? '<command>' : operationOf(id).name;
  const told = { ...failure, hint: failure.hint.replace('help <command>', `help ${name}`) };
  if (json) process.stdout.write(jsonFailure(id === null ? null : operationOf(id), told, warnings));
  else {
    for (const warning of warnings) process.stderr.write(`${textWarning(warning, talk)}\n`);
    process.stderr.write(`${textFailure(told, talk)}\n`);
  }
  return FAILURES[failure.code].exit;
}

async function tell(
  { id, given, globals }: Parsed,
  output: unknown,
  warnings: readonly Warning[],
  styles: { out: Style; talk: Style },
): Promise<void> {
  const isTried = isDryRun(id, given);
  if (globals.json) {
    const schema = isTried ? DRY_RUN_SCHEMA : schemaName(operationOf(id));
    process.stdout.write(jsonResult(schema, output, warnings));
    return;
  }
  const [{ RENDERERS, renderDryRun }, { packageVersion }] = await Promise.all([
    import('./render/render.ts'),
    import('../compose.ts'),
  ]);
  const render = (isTried ? renderDryRun : RENDERERS[id]) as (output: Output<CommandId>, scene: object) => Rendering;
  const scene = { style: styles.out, homePath: readConfig(globals).homePath, version: packageVersion(), given };
  const { text, next } = render(output as Output<CommandId>, scene);
  process.stdout.write(`${text}\n`);
  if (globals.quiet) return;
  for (const warning of warnings) process.stderr.write(`\n${textWarning(warning, styles.talk)}\n`);
  if (next !== null) process.stderr.write(`\n ${styles.talk.dim('next')}      ${next}\n`);
}

const isDryRun = (id: CommandId, given: Parsed['given']): boolean =>
  operationOf(id).kind === 'command' && given['dryRun'] === true;

type Results = Output<'backtest'> &
  Output<'check'> &
  Output<'doctor'> &
  Output<'data-check'> &
  Output<'kill'> &
  Output<'channel-test'>;

/** A gate that did not hold is no failure of the operation: its result is told, and the code says the rest. */
function exitCodeOf(id: CommandId, output: unknown, { given }: Parsed): number {
  if (isDryRun(id, given)) return (output as DryRun).allowed === false ? EXIT.gate : EXIT.ok;
  const strict = given['strict'] === true;
  const result = output as Partial<Results>;
  if (result.gate && !result.gate.passed) return EXIT.gate;
  if (id === 'kill' && !result.verified) return EXIT.gate;
  if (id === 'channel-test' && result.outcome !== 'delivered') return EXIT.gate;
  if (id === 'check' && strict && !result.passed) return EXIT.gate;
  if (id === 'doctor' && strict && !result.healthy) return EXIT.gate;
  if (id === 'data-check' && strict && (result.errors ?? 0) + Number(result.warnings ?? 0) > 0) return EXIT.gate;
  return EXIT.ok;
}

/** Candidates for a shell; none where the settings cannot be read, as nobody looks at what a shell is told here. */
async function complete(words: readonly string[]): Promise<number> {
  const [{ complete: candidates, namesOf }, { compose }] = await Promise.all([
    import('./complete.ts'),
    import('../compose.ts'),
  ]);
  let world: World;
  try {
    world = compose(readConfig({}));
  } catch (error) {
    if (error instanceof Failure) return EXIT.usage;
    throw error;
  }
  try {
    for (const { word, about } of await candidates(words, namesOf(world))) process.stdout.write(`${word}\t${about}\n`);
  } finally {
    await world.close();
  }
  return EXIT.ok;
}
