import { eventsHash } from '../../core/engine/state-hash.ts';
import { Backtest, type Progress } from '../../core/research/backtest.ts';
import type { CheckResult } from '../../core/research/checks/check.ts';
import { interruptedCheck } from '../../core/research/checks/run-checks.ts';
import { dataSection } from '../../core/research/data-section.ts';
import { Failure } from '../failures.ts';
import { backtest as backtestRow } from '../operations/research.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { checksOf } from './checks-of.ts';
import { refuseLateCalls } from './late-calls.ts';
import { loadData } from './load-data.ts';
import { loadStrategy } from './load-strategy.ts';
import { running, seated } from './run.ts';
import { backtestConfig, checkedParams } from './run-config.ts';
import { loadSources } from './source-files.ts';

/**
 * Runs every check on a strategy; on the synthetic market where no data are named. Asked to stop, it answers at once: what had not ended by then
 * has not run.
 */
export async function check(input: Input<'check'>, world: World, call: Call): Promise<Output<'check'>> {
  const { strategy, data, param, symbol, timeframe, from, to, tick, lot, columns, dateOrder, sort, calendar } = input;
  const request = {
    ...backtestRow.input.parse({}),
    ...{ strategy, param, symbol, timeframe, from, to, tick, lot, columns, dateOrder, sort, calendar },
    data: data.length === 0 ? ['synthetic'] : data,
  };
  const loaded = await loadStrategy(strategy, world);
  const feeds = await loadData(request, world, call);
  const sources = loadSources(input.source, [loaded], feeds, world, call);
  const params = checkedParams(loaded, param);
  const config = { ...backtestConfig(request, [{ strategy: loaded.strategy, params }], feeds, world), sources };
  const progress: Progress = (done, total) => call.progress('checks', done, total);
  const ending = new AbortController();
  const stop = AbortSignal.any([call.stop, ending.signal]);
  const alone = input.inProcess ? null : eventsHashElsewhere(call.given, world, stop);
  let checks: CheckResult[];
  let hash: string;
  try {
    const first = seated([loaded], world, () => new Backtest(config).run(() => progress(0, 1)));
    if (!first.isWhole) throw new Failure('interrupted', 'it was asked to stop before any check had run');
    const { engine } = first;
    hash = eventsHash(engine);
    await refuseLateCalls(engine, world);
    checks = running([loaded], world, () => checksOf([loaded], config, hash, progress));
    // What took a while has had it by now.
    await refuseLateCalls(engine, world);
    // A signal from a terminal ends the other process, too, which is then no finding.
    const unlessStopped = async (
      name: CheckResult['name'],
      found: () => Promise<CheckResult>,
    ): Promise<CheckResult> => {
      const result = progress(1, 1) ? await found() : null;
      return result !== null && progress(1, 1) && !stop.aborted ? result : interruptedCheck(name);
    };
    if (alone !== null) {
      const at = checks.findIndex((c) => c.name === 'determinism');
      if (checks[at]?.status === 'passed')
        checks[at] = await unlessStopped('determinism', async () => acrossProcesses(hash, await alone));
      const { path } = loaded;
      if (path !== null) checks.unshift(await unlessStopped('types', () => types(path, world, stop)));
    }
  } finally {
    // Nobody waits for the other process any longer.
    ending.abort();
  }
  const { def } = loaded.strategy;
  return {
    strategy: {
      id: def.id,
      version: def.version ?? '1',
      about: def.about ?? '',
      codeHash: loaded.codeHash,
      params: { ...params } as Output<'check'>['strategy']['params'],
    },
    data: feeds.map(({ feed, origin }) => dataSection(feed, origin)),
    checks: checks.map(({ name, status, text, detail }) => ({
      name,
      status,
      text,
      ...(detail === undefined ? {} : { detail }),
    })),
    eventsHash: hash,
    // Types cannot be asked of a compiler that is not installed; everything else can be checked anywhere.
    passed: checks.every((c) => c.status === 'passed' || c === ABSENT_COMPILER),
  };
}

/** The events of the same run in a process of its own, in another time zone; null where it did not end. */
async function eventsHashElsewhere(given: Call['given'], world: World, stop: AbortSignal): Promise<string | null> {
  const words = ['check', ...wordsOf(given), '--in-process', '--json', '--quiet', '--home', world.homePath];
  const printed = await world.inspector.runAlone(words, stop);
  if (printed === '' || stop.aborted) return null;
  return (JSON.parse(printed) as { data?: Output<'check'> }).data?.eventsHash ?? null;
}

/** What depends on the process, the clock or the machine differs between two of them. */
function acrossProcesses(here: string, elsewhere: string | null): CheckResult {
  const name = 'determinism';
  if (elsewhere === here) return { name, status: 'passed', text: 'deterministic (2 runs, 2 processes)' };
  return {
    name,
    status: 'failed',
    text: 'not deterministic: another process decides differently on the same data',
    detail: `events ${here} here, ${elsewhere ?? 'none, the run failed'} there; a strategy must not read the clock, the time zone, the environment or files`,
  };
}

/** A request as the words of a command line; with `=`, as a value may begin with a dash. */
function wordsOf({ strategy, ...given }: Call['given']): string[] {
  const words = strategy === undefined ? [] : [wordOf(strategy)];
  for (const [name, value] of Object.entries(given)) {
    if (value === false || value === null) continue;
    const flag = `--${name}`;
    if (value === true) words.push(flag);
    else if (Array.isArray(value)) for (const one of value) words.push(`${flag}=${wordOf(one)}`);
    else if (typeof value === 'object')
      for (const [key, one] of Object.entries(value)) words.push(`${flag}=${key}=${wordOf(one)}`);
    else words.push(`${flag}=${wordOf(value)}`);
  }
  return words;
}

const wordOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const ABSENT_COMPILER: CheckResult = {
  ...{ name: 'types', status: 'not-run' },
  text: 'types not checked: TypeScript is not installed beside the strategy',
};

async function types(path: string, world: World, stop: AbortSignal): Promise<CheckResult> {
  const { status, complaint } = await world.inspector.checkTypes(path, stop);
  if (status === 'passed') return { name: 'types', status, text: 'types agree' };
  return status === 'failed'
    ? { name: 'types', status, text: 'types do not agree', detail: complaint }
    : ABSENT_COMPILER;
}
