import { eventsHash } from '../../core/engine/state-hash.ts';
import { Backtest } from '../../core/research/backtest.ts';
import type { CheckResult } from '../../core/research/checks/check.ts';
import { dataSection } from '../../core/research/data-section.ts';
import { backtest as backtestRow } from '../operations/research.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { checksOf } from './checks-of.ts';
import { refuseLateCalls } from './late-calls.ts';
import { loadData } from './load-data.ts';
import { loadStrategy } from './load-strategy.ts';
import { running, seated } from './run.ts';
import { backtestConfig } from './run-config.ts';

/** Runs every check on a strategy; on the synthetic market where no data are named. */
export async function check(input: Input<'check'>, world: World, call: Call): Promise<Output<'check'>> {
  const { strategy, data, param, symbol, timeframe, from, to, tick, lot, columns, dateOrder, sort, calendar } = input;
  const request = {
    ...backtestRow.input.parse({}),
    ...{ strategy, param, symbol, timeframe, from, to, tick, lot, columns, dateOrder, sort, calendar },
    data: data.length === 0 ? ['synthetic'] : data,
  };
  const loaded = await loadStrategy(strategy, world);
  const feeds = await loadData(request, world, call);
  const config = backtestConfig(request, loaded, feeds, world);
  call.progress('checks', 0, 1);
  const alone = input.inProcess ? null : eventsHashElsewhere(call.given, world);
  const { engine } = seated(loaded, world, () => new Backtest(config).run());
  const hash = eventsHash(engine);
  await refuseLateCalls(engine, world);
  const checks = running(loaded, world, () => checksOf(loaded, config, hash));
  // What took a while has had it by now.
  await refuseLateCalls(engine, world);
  if (alone !== null) {
    const at = checks.findIndex((c) => c.name === 'determinism');
    const elsewhere = await alone;
    if (checks[at]?.status === 'passed') checks[at] = acrossProcesses(hash, elsewhere);
    if (loaded.path !== null) checks.unshift(await types(loaded.path, world));
  }
  const { def } = loaded.strategy;
  return {
    strategy: {
      id: def.id,
      version: def.version ?? '1',
      about: def.about ?? '',
      codeHash: loaded.codeHash,
      params: { ...config.strategies[0]!.params } as Output<'check'>['strategy']['params'],
    },
    data: feeds.map(({ feed, origin }) => dataSection(feed, origin)),
    checks: checks.map(({ name, status, text, detail }) => ({
      name,
      status,
      text,
      ...(detail === undefined ? {} : { detail }),
    })),
    // Types cannot be asked of a compiler that is not installed; everything else can be checked anywhere.
    eventsHash: hash,
    passed: checks.every((c) => c.status === 'passed' || (c.name === 'types' && c.status === 'not-run')),
  };
}

/** The events of the same run in a process of its own, in another time zone; null where it did not end. */
async function eventsHashElsewhere(given: Call['given'], world: World): Promise<string | null> {
  const words = ['check', ...wordsOf(given), '--in-process', '--json', '--quiet', '--home', world.homePath];
  const printed = await world.inspector.runAlone(words);
  if (printed === '') return null;
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

async function types(path: string, world: World): Promise<CheckResult> {
  const { status, complaint } = await world.inspector.checkTypes(path);
  if (status === 'passed') return { name: 'types', status, text: 'types agree' };
  return status === 'failed'
    ? { name: 'types', status, text: 'types do not agree', detail: complaint }
    : { name: 'types', status: 'not-run', text: 'types not checked: TypeScript is not installed beside the strategy' };
}
