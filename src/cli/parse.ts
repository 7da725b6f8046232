import { type ParseArgsConfig, parseArgs } from 'node:util';
import { closest } from '../api/closest.ts';
import { Failure } from '../api/failures.ts';
import { COMMAND_IDS, type CommandId, operationOf } from '../api/operations/table.ts';
import type { Json } from '../core/vocabulary/json.ts';
import { type Flag, flagsOf, GLOBAL_FLAGS } from './flags.ts';

export interface Globals {
  readonly json: boolean;
  readonly home: string | undefined;
  readonly server: string | undefined;
  readonly timeoutMs: number;
  readonly quiet: boolean;
  readonly detach: boolean;
  readonly color: boolean;
  readonly help: boolean;
}

export interface Parsed {
  readonly id: CommandId;
  readonly given: Record<string, Json>;
  readonly globals: Globals;
}

const SHORT: Readonly<Record<string, string>> = { '-h': '--help', '-q': '--quiet', '-V': '--version', '-o': '--out' };
const DEFAULT_TIMEOUT_S = 60;

/** Global flags may stand anywhere, the command's name included; these are looked for before anything else can fail. */
export function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).some((word) => word === '--json' || word === '--json=true');
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a command line. `prefixes`: whether an unambiguous beginning of a command's name will do. `env` has the settings.
 * Throws {@link Failure} `command-unknown`, `flag-unknown` or `input-invalid`.
 */
export function parseCommandLine(argv: readonly string[], prefixes: boolean, env: Environment = process.env): Parsed {
  const words = argv.map((word) => SHORT[word] ?? word);
  if (words[0] === '--version') return { id: 'version', given: {}, globals: globalsOf(new Map(), words.slice(1), env) };
  const { id, rest } = commandOf(words, prefixes);
  try {
    return parseFlags(id, rest, env);
  } catch (error) {
    if (!(error instanceof Failure) || !error.hint.includes('<command>')) throw error;
    const { code, message, details } = error;
    throw new Failure(code, message, { hint: error.hint.replace('<command>', operationOf(id).name), details });
  }
}

/** A negative number is a word, and no flag begins with a digit: it is marked, as each of its digits would be taken for a flag. */
const NEGATIVE = /^-\.?\d[\d.]*(?:e[+-]?\d+)?$/i;
const MARK = '\0';
const unmarked = (word: string): string => (word.startsWith(MARK) ? word.slice(MARK.length) : word);

function parseFlags(id: CommandId, rest: readonly string[], env: Environment): Parsed {
  const flags = flagsOf(operationOf(id));
  const globals = new Map<string, string>();
  const given: Record<string, Json> = {};
  const places: string[] = [];
  const { tokens } = parseArgs({
    args: rest.map((word) => (NEGATIVE.test(word) ? `${MARK}${word}` : word)),
    options: optionsOf(flags),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === 'positional') places.push(unmarked(token.value));
    else if (token.kind === 'option' && isExposed(token, id, flags)) throw exposed(id);
    else if (token.kind === 'option')
      take(token.name, token.value === undefined ? undefined : unmarked(token.value), id, flags, globals, given);
  }
  if (!globals.has('help')) putPlaces(given, places, flags, id);
  return { id, given, globals: globalsOf(globals, [], env) };
}

/** Flags as Node's parser wants them: it cuts the line into tokens, and what they mean is decided here. */
function optionsOf(flags: readonly Flag[]): NonNullable<ParseArgsConfig['options']> {
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const flag of flags) {
    options[flag.name] = { type: flag.kind === 'switch' ? 'boolean' : 'string' };
    if (flag.kind === 'switch') options[`no-${flag.name}`] = { type: 'boolean' };
  }
  for (const { name, value } of GLOBAL_FLAGS) options[name] = { type: value === null ? 'boolean' : 'string' };
  return options;
}

/** Flags that somebody might give a secret with. */
const SECRET_FLAGS = /key|secret|pass|token|param|private|credential/i;

/** Whether a secret may stand on the line: in a flag for one, or behind a switch. */
function isExposed(
  { name, value }: { readonly name: string; readonly value?: string | undefined },
  id: CommandId,
  flags: readonly Flag[],
): boolean {
  if (operationOf(id).handlesSecrets !== true) return false;
  const flag = flags.find((f) => f.name === name);
  if (flag === undefined) return SECRET_FLAGS.test(name);
  return flag.kind === 'switch' && value !== undefined;
}

function exposed(id: CommandId): Failure {
  return new Failure(
    'secret-exposed',
    `${operationOf(id).name}: expected no secret on the command line, where every user of the machine can read it and the shell writes it down`,
    {
      hint: 'Leave it away: it is asked for, or read from standard input. What has stood there counts as known: make a new key.',
    },
  );
}

/** Takes one flag with the value that stood behind it, if any. */
function take(
  name: string,
  value: string | undefined,
  id: CommandId,
  flags: readonly Flag[],
  globals: Map<string, string>,
  given: Record<string, Json>,
): void {
  const needed = (what: string): string => {
    if (value === undefined) throw usage(name, `--${name}: expected ${what} after it, found the end of the line`);
    return value;
  };
  const global = GLOBAL_FLAGS.find((g) => g.name === name);
  if (global) {
    if (global.value !== null) globals.set(name, needed(global.value));
    else if (switched(name, value)) globals.set(name, 'true');
    return;
  }
  const off = name.startsWith('no-') ? flags.find((f) => f.kind === 'switch' && f.name === name.slice(3)) : undefined;
  const flag = flags.find((f) => f.name === name);
  if (off && value === undefined) given[off.field] = false;
  else if (!flag) throw unknownFlag(id, name, flags);
  else if (flag.kind === 'switch') given[flag.field] = switched(name, value);
  else put(given, flag, needed(flag.placeholder));
}

/** What a switch is set to: `--dry-run=yes` must not be taken for a run in earnest. */
function switched(name: string, value: string | undefined): boolean {
  if (value === undefined || value === 'true') return true;
  if (value === 'false') return false;
  throw usage(name, `--${name}: expected true or false behind the =, or neither, found ${JSON.stringify(value)}`);
}

function globalsOf(found: ReadonlyMap<string, string>, rest: readonly string[], env: Environment): Globals {
  const timeout = Number(found.get('timeout') ?? env['TRADEWRIGHT_TIMEOUT'] ?? DEFAULT_TIMEOUT_S);
  if (!(timeout > 0))
    throw usage('timeout', `--timeout: expected seconds above 0, found ${JSON.stringify(found.get('timeout') ?? '')}`);
  return {
    json: found.has('json') || rest.includes('--json'),
    home: found.get('home'),
    server: found.get('server'),
    timeoutMs: timeout * 1000,
    quiet: found.has('quiet'),
    detach: found.has('detach'),
    color: !found.has('no-color'),
    help: found.has('help'),
  };
}

function usage(field: string, message: string): Failure {
  return new Failure('input-invalid', message, { details: { field } });
}

function commandOf(words: readonly string[], prefixes: boolean): { id: CommandId; rest: readonly string[] } {
  const [first] = words;
  if (first === undefined || first === '--help') return { id: 'help', rest: words.slice(1) };
  // A flag before the command: global ones may stand there.
  if (first.startsWith('-')) {
    const takes = GLOBAL_FLAGS.find((g) => `--${g.name}` === first.split('=')[0]);
    if (!takes)
      throw new Failure('flag-unknown', `there is no flag ${first} before the command`, { details: { found: first } });
    const length = takes.value !== null && !first.includes('=') ? 2 : 1;
    const { id, rest } = commandOf(words.slice(length), prefixes);
    return { id, rest: [...words.slice(0, length), ...rest] };
  }
  for (const count of [2, 1]) {
    const name = words.slice(0, count).join(' ');
    const id = COMMAND_IDS.find((candidate) => operationOf(candidate).name === name);
    if (id) return { id, rest: words.slice(count) };
  }
  const group = COMMAND_IDS.filter((id) => operationOf(id).name.startsWith(`${first} `));
  const second = words[1]?.startsWith('-') ? undefined : words[1];
  // `tradewright data` and `tradewright data --help` explain the group.
  if (group.length > 0 && second === undefined)
    return { id: 'help', rest: [first, ...words.slice(1).filter((w) => w !== '--help')] };
  const all = COMMAND_IDS.map((id) => operationOf(id).name);
  if (prefixes && group.length === 0) {
    const begun = all.filter((name) => name.startsWith(first));
    if (begun.length === 1) return { id: COMMAND_IDS[all.indexOf(begun[0]!)]!, rest: words.slice(1) };
  }
  const typed = group.length > 0 ? `${first} ${second}` : first;
  const near = closest(typed, all) ?? closest(first, all);
  const known =
    group.length > 0
      ? ` ${first} has ${group.map((id) => operationOf(id).name.slice(first.length + 1)).join(', ')}.`
      : '';
  throw new Failure(
    'command-unknown',
    `there is no command "${typed}"${near === null ? '' : `; did you mean ${near}?`}${known}`,
    {
      details: { found: typed, expected: all },
    },
  );
}

function unknownFlag(id: CommandId, name: string, flags: readonly Flag[]): Failure {
  const { name: command } = operationOf(id);
  const known = [...flags.map((f) => f.name), ...GLOBAL_FLAGS.map((g) => g.name)];
  const near = closest(name, known);
  return new Failure(
    'flag-unknown',
    `${command} has no flag --${name}${near === null ? '' : `; did you mean --${near}?`}`,
    {
      hint: `tradewright help ${command} lists its flags.`,
      details: { found: `--${name}`, expected: known.map((k) => `--${k}`) },
    },
  );
}

function put(given: Record<string, Json>, flag: Flag, text: string): void {
  if (flag.kind === 'pairs') {
    const equals = text.indexOf('=');
    if (equals <= 0)
      throw usage(flag.field, `--${flag.name}: expected ${flag.placeholder}, found ${JSON.stringify(text)}`);
    const pairs = (given[flag.field] ?? {}) as Record<string, Json>;
    const name = text.slice(0, equals).trim();
    if (Object.hasOwn(pairs, name)) throw usage(flag.field, `--${flag.name} ${name}: expected once, found twice`);
    given[flag.field] = { ...pairs, [name]: text.slice(equals + 1).trim() };
    return;
  }
  const value = flag.kind === 'number' && text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
  if (!flag.isList) {
    if (given[flag.field] !== undefined) throw usage(flag.field, `--${flag.name}: expected once, found twice`);
    given[flag.field] = value;
  } else given[flag.field] = [...((given[flag.field] ?? []) as readonly Json[]), value];
}

function putPlaces(
  given: Record<string, Json>,
  places: readonly string[],
  flags: readonly Flag[],
  id: CommandId,
): void {
  const placed = flags.filter((f) => f.position !== null);
  for (const [k, text] of places.entries()) {
    const flag = placed[Math.min(k, placed.length - 1)];
    const isOver = flag === undefined || (k >= placed.length && !flag.isList);
    if (isOver && operationOf(id).handlesSecrets === true) throw exposed(id);
    if (isOver) {
      throw new Failure('input-invalid', `${operationOf(id).name}: ${JSON.stringify(text)} is one word too many`, {
        hint: `tradewright help ${operationOf(id).name} shows how it is written.`,
        details: { found: text },
      });
    }
    put(given, flag, text);
  }
  for (const flag of placed) {
    if (!flag.isRequired || given[flag.field] !== undefined) continue;
    throw new Failure('input-invalid', `${operationOf(id).name}: expected <${flag.placeholder}>, found nothing`, {
      hint: `For example: tradewright ${operationOf(id).examples[0]!.command}`,
      details: { field: flag.field },
    });
  }
}
