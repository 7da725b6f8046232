import { EXIT, FAILURES, type FailureCode } from '../../src/api/failures.ts';
import { type Operation, schemaName } from '../../src/api/operation.ts';
import { COMMAND_IDS, operationOf } from '../../src/api/operations/table.ts';
import { type Flag, flagsOf, GLOBAL_FLAGS } from '../../src/cli/flags.ts';
import { CAUSES, EXIT_MEANINGS } from './causes.ts';
import { anchor, block, code, page, table } from './markdown.ts';

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

/** What carrying it out does, as the end of a sentence. */
function kindText({ kind, input, update }: Operation): string {
  if (kind === 'query') return 'changes nothing';
  if (kind === 'command') return 'changes something';
  if (update === undefined) return 'goes on until it is ended';
  const lines = 'one JSON object a line with `--json`, the result last';
  return 'follow' in input.shape
    ? `answers once; with \`--follow\` it goes on until it is ended, ${lines}`
    : `goes on until it has come to its end or is ended, ${lines}`;
}

function placeText(flag: Flag): string {
  const name = `${flag.placeholder}${flag.isList ? '…' : ''}`;
  return flag.isRequired ? `<${name}>` : `[${name}]`;
}

function flagText(flag: Flag): string {
  if (flag.kind === 'switch') return flag.isOnByDefault ? `--no-${flag.name}` : `--${flag.name}`;
  return `--${flag.name} <${flag.placeholder}>`;
}

/** Words that the description does not already list. */
function described(flag: Flag): string {
  const isListed = flag.choices.length === 0 || flag.placeholder === flag.choices.join('|');
  const choices = isListed ? '' : ` One of ${flag.choices.map(code).join(', ')}.`;
  return `${flag.description}${flag.kind === 'pairs' || (flag.isList && flag.position === null) ? ' (may be given again)' : ''}.${choices}`;
}

function operationSection(row: Operation): string {
  const flags = flagsOf(row);
  const places = flags.filter((flag) => flag.position !== null);
  const others = flags.filter((flag) => flag.position === null);
  const usage = ['tradewright', row.name, ...places.map(placeText), ...(others.length > 0 ? ['[flags]'] : [])].join(
    ' ',
  );
  const byDefault = (flag: Flag): string =>
    flag.byDefault === null || flag.byDefault === '' ? '' : code(flag.byDefault);
  const rows = [
    ...places.map((flag) => [code(placeText(flag)), described(flag), byDefault(flag)]),
    ...others.map((flag) => [code(flagText(flag)), described(flag), byDefault(flag)]),
  ];
  return [
    `### ${row.name}`,
    `${row.summary}.${row.details === undefined ? '' : ` ${row.details}`}`,
    block('text', usage),
    ...(rows.length === 0 ? [] : [table(['flag', 'meaning', 'default'], rows)]),
    block('sh', row.examples.map((e) => `npx tradewright ${e.command}   # ${e.does}`).join('\n')),
    `\`--json\` gives \`${schemaName(row)}\`. It ${kindText(row)}${row.runsStrategies ? '; it runs strategy code, in a thread of its own' : ''}.`,
  ].join('\n\n');
}

export function cliPage(): string {
  const rows = COMMAND_IDS.map(operationOf);
  const groups = Object.entries(GROUPS).flatMap(([group, title]) => [
    `## ${title}`,
    ...rows.filter((row) => row.group === group).map(operationSection),
  ]);
  return page('Commands', 'Every command of `tradewright` with its flags, defaults and examples. To look things up.', [
    table(
      ['command', 'does'],
      rows.map((row) => [`[${row.name}](#${anchor(row.name)})`, row.summary]),
    ),
    `## Everywhere

In the repository, commands are run as \`npx tradewright …\` once dependencies are installed (\`npm start\` or \`npm test\` does that). \`tw\` is a shorter name for the same program.
Results go to standard output; progress, hints, warnings and whatever a strategy prints go to standard error. On a terminal, an unambiguous beginning of a command will do.`,
    table(
      ['flag', 'meaning'],
      GLOBAL_FLAGS.map((flag) => [
        code(`--${flag.name}${flag.value === null ? '' : ` <${flag.value}>`}`),
        `${flag.description}.`,
      ]),
    ),
    'With `--json` there is exactly one JSON object on standard output, in success and in failure; what goes on writes one a line. `tradewright help --json` gives the JSON schemas of every input and output. How commands end: [exit codes and errors](exit-codes-and-errors.md).',
    ...groups,
  ]);
}

function failureSection(name: FailureCode): string {
  const { status, exit, docs, hint } = FAILURES[name];
  return `### ${name}

${CAUSES[name]} *What to do:* ${hint.replaceAll('<', '\\<')} Exit code ${exit}; HTTP status ${status}. More: [${docs}](../${docs}.md).`;
}

export function failuresPage(): string {
  const exits = (Object.keys(EXIT) as (keyof typeof EXIT)[]).map((name) => [
    String(EXIT[name]),
    name,
    EXIT_MEANINGS[name],
  ]);
  return page(
    'Exit codes and errors',
    'How commands end, and every error with its cause and what to do. To look things up.',
    [
      '## Exit codes\n\nThey are stable: a script may rely on them.',
      table(['code', 'name', 'meaning'], exits),
      `## Errors

An error says what was expected, what was found, where, and what to do. On a terminal it goes to standard error; with \`--json\` it is the object on standard output, with
\`code\`, \`message\`, \`hint\`, \`docs\` and \`details\` (\`file\`, \`line\`, \`field\`, \`found\`, \`expected\`, as far as known).`,
      ...(Object.keys(FAILURES) as FailureCode[]).map(failureSection),
    ],
  );
}
