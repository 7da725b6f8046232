import { type Operation, schemaName } from '../api/operation.ts';
import { type Flag, flagsOf, GLOBAL_FLAGS } from './flags.ts';
import { pad, type Style, WIDTH, widthOf, wrapWords } from './style.ts';

const GROUPS: Readonly<Record<Operation['group'], string>> = {
  research: 'Research',
  strategies: 'Strategies',
  data: 'Data',
  venues: 'Venues',
  sessions: 'Sessions',
  account: 'Account',
  providers: 'Providers',
  runs: 'Runs',
  jobs: 'Jobs',
  server: 'Server',
  alerts: 'Alerts',
  reference: 'Reference',
  installation: 'Installation',
};

/** Two columns: what is typed, and what it does. */
function pairs(rows: readonly (readonly [string, string])[], style: Style, least = 0): readonly string[] {
  const width = Math.min(34, Math.max(least, ...rows.map(([left]) => widthOf(left))));
  return rows.flatMap(([left, right]) => {
    const lines = wrapWords(right, WIDTH - width - 4);
    const head = widthOf(left) > width ? [`  ${style.bold(left)}`] : [];
    const first = head.length > 0 ? ' '.repeat(width) : pad(style.bold(left), width);
    return [...head, ...lines.map((line, k) => `  ${k === 0 ? first : ' '.repeat(width)}  ${line}`)];
  });
}

/** All commands by group. */
export function overview(rows: readonly Operation[], style: Style, version: string): string {
  const least = Math.max(...rows.map((row) => usageOf(row).length));
  const groups = Object.entries(GROUPS).flatMap(([group, title]) => {
    const members = rows.filter((row) => row.group === group);
    if (members.length === 0) return [];
    return [
      '',
      style.dim(title),
      ...pairs(
        members.map((row) => [usageOf(row), row.summary] as const),
        style,
        Math.min(34, least),
      ),
    ];
  });
  return [
    `${style.bold(`tradewright ${version}`)}  research, backtests and trading on one engine`,
    ...groups,
    '',
    style.dim('Everywhere'),
    ...pairs(
      GLOBAL_FLAGS.map((g) => [globalText(g), g.description] as const),
      style,
      Math.min(34, least),
    ),
    '',
    `Begin with ${style.accent('tradewright demo')}; ${style.accent('tradewright help <command>')} explains one command.`,
  ].join('\n');
}

function usageOf(row: Operation): string {
  const places = flagsOf(row).filter((f) => f.position !== null);
  return [row.name, ...places.map(placeText)].join(' ');
}

function placeText(flag: Flag): string {
  const name = `${flag.placeholder}${flag.isList ? '…' : ''}`;
  return flag.isRequired ? `<${name}>` : `[${name}]`;
}

const globalText = (g: (typeof GLOBAL_FLAGS)[number]): string =>
  `--${g.name}${g.value === null ? '' : ` <${g.value}>`}`;

/** Summary, usage, examples, then the flags. */
export function commandHelp(row: Operation, style: Style): string {
  const flags = flagsOf(row);
  const places = flags.filter((f) => f.position !== null);
  const others = flags.filter((f) => f.position === null);
  const usage = [`tradewright ${usageOf(row)}`, ...(others.length > 0 ? ['[flags]'] : [])].join(' ');
  const lines = [
    `${style.bold(row.name)}: ${row.summary}`,
    ...(row.details === undefined ? [] : wrapWords(row.details, WIDTH)),
    '',
    style.dim('Usage'),
    `  ${usage}`,
    '',
    style.dim('Examples'),
    ...row.examples.flatMap(({ command, does }) => [
      `  ${style.dim(`# ${does}`)}`,
      `  ${style.accent(`tradewright ${command}`)}`,
    ]),
  ];
  if (places.length > 0)
    lines.push(
      '',
      style.dim('Arguments'),
      ...pairs(
        places.map((f) => [placeText(f), described(f)] as const),
        style,
      ),
    );
  if (others.length > 0)
    lines.push(
      '',
      style.dim('Flags'),
      ...pairs(
        others.map((f) => [flagText(f), described(f)] as const),
        style,
      ),
    );
  lines.push(
    '',
    style.dim('Everywhere'),
    ...pairs(
      GLOBAL_FLAGS.map((g) => [globalText(g), g.description] as const),
      style,
    ),
  );
  lines.push('', style.dim(`--json gives ${schemaName(row)}`));
  return lines.join('\n');
}

function flagText(flag: Flag): string {
  if (flag.kind === 'switch') return flag.isOnByDefault ? `--no-${flag.name}` : `--${flag.name}`;
  return `--${flag.name} <${flag.placeholder}>${flag.isList ? ' …' : ''}`;
}

function described(flag: Flag): string {
  const byDefault = flag.byDefault === null || flag.position !== null ? '' : ` [${flag.byDefault}]`;
  return `${flag.description}${byDefault}`;
}
