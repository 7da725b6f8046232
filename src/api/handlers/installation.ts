import { closest } from '../closest.ts';
import { completionScript } from '../completion.ts';
import { Failure } from '../failures.ts';
import { jsonSchema } from '../json-schema.ts';
import { schemaName } from '../operation.ts';
import { COMMAND_IDS, type Input, type Output, operationOf } from '../operations/table.ts';
import type { World } from '../world.ts';

type DoctorCheck = Output<'doctor'>['checks'][number];

const GIB = 2 ** 30;
const LEAST_NODE = 24;

/** What works here and what does not. */
export async function doctor(_: Input<'doctor'>, world: World): Promise<Output<'doctor'>> {
  const { host } = world;
  const facts = host.facts(world.homePath);
  const check = (
    name: string,
    ok: boolean,
    text: string,
    hint: string,
    otherwise: DoctorCheck['status'] = 'failed',
  ): DoctorCheck => ({
    name,
    status: ok ? 'passed' : otherwise,
    text,
    hint: ok ? null : hint,
  });
  const gib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`;
  const disk = facts.freeDiskBytes;
  const series = await catalogueSize(world);
  const runs = world.runs.list().length;
  const checks: DoctorCheck[] = [
    check(
      'node',
      Number.parseInt(host.node, 10) >= LEAST_NODE,
      `Node ${host.node} on ${host.platform}`,
      `Install Node ${LEAST_NODE} or later.`,
    ),
    check(
      'home',
      facts.homeWritable,
      `home ${world.homePath}`,
      'Choose a writable folder with --home or TRADEWRIGHT_HOME.',
    ),
    check(
      'disk',
      disk === null || disk > GIB,
      disk === null ? 'free disk space unknown' : `${gib(disk)} free on its disk`,
      'Free some space: a year of minutes is about 25 MB an instrument.',
      'warning',
    ),
    check(
      'memory',
      facts.memoryBytes > GIB,
      `${gib(facts.memoryBytes)} memory, ${facts.cores} cores`,
      'Runs over many instruments need more than 1 GiB.',
      'warning',
    ),
    check('time zone', true, `time zone ${facts.timeZone}; everything here is UTC`, ''),
    check(
      'clock',
      world.host.nowMs() > Date.UTC(2026, 0, 1),
      `clock ${new Date(world.host.nowMs()).toISOString().slice(0, 19)}Z`,
      'Set the clock: it is before the release of this program.',
    ),
    series.damaged === null
      ? check(
          'catalogue',
          true,
          series.count === 0
            ? 'catalogue empty (tradewright data import, or --data synthetic)'
            : `${series.count} series in the catalogue`,
          '',
        )
      : check('catalogue', false, `catalogue damaged: ${series.damaged}`, 'Remove the series and import it again.'),
    check('runs', true, `${runs} ${runs === 1 ? 'run' : 'runs'} kept`, ''),
    { name: 'network', status: 'not-run', text: 'network not used: nothing here needs one', hint: null },
  ];
  return { healthy: checks.every((c) => c.status !== 'failed'), checks };
}

async function catalogueSize(world: World): Promise<{ count: number; damaged: string | null }> {
  try {
    const [first] = await world.catalogue.damaged();
    return { count: (await world.catalogue.list()).length, damaged: first?.error.message ?? null };
  } catch (error) {
    return { count: 0, damaged: error instanceof Error ? error.message : String(error) };
  }
}

export function version(_: Input<'version'>, world: World): Output<'version'> {
  const { node, platform } = world.host;
  return { version: world.version, node, platform, home: world.homePath };
}

export function completion(input: Input<'completion'>): Output<'completion'> {
  return { shell: input.shell, script: completionScript(input.shell) };
}

/** The rows of the table, or those whose name begins with the words given, with JSON schemas of what goes in and comes out. */
export function help(input: Input<'help'>): Output<'help'> {
  const words = input.command.join(' ');
  const rows = COMMAND_IDS.map(operationOf);
  const wanted = words === '' ? rows : rows.filter((row) => row.name === words || row.name.startsWith(`${words} `));
  if (wanted.length === 0) {
    const near = closest(
      words,
      rows.map((row) => row.name),
    );
    throw new Failure(
      'command-unknown',
      `there is no command "${words}"${near === null ? '' : `; did you mean ${near}?`}`,
      { details: { found: words } },
    );
  }
  return {
    commands: wanted.map((row) => ({
      name: row.name,
      group: row.group,
      summary: row.summary,
      kind: row.kind,
      schema: schemaName(row),
      input: jsonSchema(row.input, 'input'),
      output: jsonSchema(row.output, 'output'),
      examples: row.examples.map(({ command, does }) => ({ command, does })),
    })),
  };
}

export async function configExplain(_: Input<'config-explain'>, world: World): Promise<Output<'config-explain'>> {
  const { file, settings } = world.settings;
  return { file, settings: settings.map((s) => ({ ...s })) };
}
