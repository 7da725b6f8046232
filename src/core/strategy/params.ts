import type { Json } from '../vocabulary/json.ts';

interface Range {
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  /** Whether an optimiser should try it on a logarithmic scale. */
  readonly log?: boolean;
}

/** One declared parameter: its kind, default and range; forms, optimisers, CLI and docs are made from it. */
export interface ParamSpec<T> {
  readonly kind: 'int' | 'num' | 'pct' | 'bool' | 'pick';
  readonly default: T;
  readonly range: Range;
  readonly options: readonly string[];
}

export type ParamSpecs = Readonly<Record<string, ParamSpec<number> | ParamSpec<boolean> | ParamSpec<string>>>;
export type ParamValues<P> = { readonly [K in keyof P]: P[K] extends ParamSpec<infer T> ? T : never };

const NO_OPTIONS: readonly string[] = [];

/** Declares parameters. */
export const p = {
  /** A whole number. */
  int: (byDefault: number, range: Range = {}): ParamSpec<number> => ({
    kind: 'int',
    default: byDefault,
    range,
    options: NO_OPTIONS,
  }),
  /** Any number. */
  num: (byDefault: number, range: Range = {}): ParamSpec<number> => ({
    kind: 'num',
    default: byDefault,
    range,
    options: NO_OPTIONS,
  }),
  /** A fraction shown as percent: 0.05 is 5 %. */
  pct: (byDefault: number, range: Range = {}): ParamSpec<number> => ({
    kind: 'pct',
    default: byDefault,
    range,
    options: NO_OPTIONS,
  }),
  bool: (byDefault: boolean): ParamSpec<boolean> => ({
    kind: 'bool',
    default: byDefault,
    range: {},
    options: NO_OPTIONS,
  }),
  /** One of several words. */
  pick: <const T extends readonly [string, ...string[]]>(
    options: T,
    byDefault: T[number] = options[0],
  ): ParamSpec<T[number]> => ({
    kind: 'pick',
    default: byDefault,
    range: {},
    options,
  }),
};

/** A parameter that was refused. `field` is its name. */
export class ParameterError extends RangeError {
  readonly field: string;
  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

/** Why a parameter as it is declared can have no value, or not its default; null where it can. */
export function paramComplaint(declared: unknown): string | null {
  const spec = declared as ParamSpec<unknown> | null | undefined;
  if (!Object.hasOwn(p, spec?.kind ?? ''))
    return `expected p.int(…), p.num(…), p.pct(…), p.bool(…) or p.pick([…]), found ${inWords(declared)}`;
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = spec!.range;
  if (!(min <= max)) return `expected a min of at most its max, found ${min} and ${max}`;
  const wrong = complaint(spec!, spec!.default);
  return wrong === null ? null : `${wrong} as its default, found ${inWords(spec!.default)}`;
}

/** What stands in the place of something else, for a message. */
export function inWords(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  if (typeof value === 'function') return 'a function';
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function readText(spec: ParamSpec<unknown>, text: string): unknown {
  if (spec.kind === 'bool') return text === 'true' ? true : text === 'false' ? false : text;
  if (spec.kind === 'pick') return text;
  const percent = spec.kind === 'pct' && text.endsWith('%');
  const digits = percent ? text.slice(0, -1).trim() : text.trim();
  const number = digits === '' ? Number.NaN : Number(digits);
  return Number.isNaN(number) ? text : percent ? number / 100 : number;
}

function complaint(spec: ParamSpec<unknown>, value: unknown): string | null {
  if (spec.kind === 'bool') return typeof value === 'boolean' ? null : 'expected true or false';
  if (spec.kind === 'pick')
    return spec.options.includes(value as string) ? null : `expected one of ${spec.options.join(', ')}`;
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = spec.range;
  const whole = spec.kind === 'int';
  const ok =
    typeof value === 'number' &&
    Number.isFinite(value) &&
    value >= min &&
    value <= max &&
    (!whole || Number.isInteger(value));
  if (ok) return null;
  const bounds = Number.isFinite(min) || Number.isFinite(max) ? ` from ${min} to ${max}` : '';
  return `expected ${whole ? 'a whole number' : 'a number'}${bounds}`;
}

/**
 * Values for all declared parameters: what was given (text is read by kind; `5%` is 0.05), else the default.
 * Throws {@link ParameterError} naming parameter, found and expected.
 */
export function resolveParams<P extends ParamSpecs>(
  specs: P,
  given: Readonly<Record<string, Json>>,
  strategy: string,
): ParamValues<P> {
  for (const name of Object.keys(given))
    if (!Object.hasOwn(specs, name))
      throw new ParameterError(
        name,
        `${strategy} has no parameter "${name}"; it has ${Object.keys(specs).join(', ') || 'none'}`,
      );
  const values: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(specs)) {
    const raw = Object.hasOwn(given, name) ? given[name] : spec.default;
    const value = typeof raw === 'string' ? readText(spec, raw) : raw;
    const wrong = complaint(spec, value);
    if (wrong) throw new ParameterError(name, `${strategy}: parameter ${name}: ${wrong}, found ${JSON.stringify(raw)}`);
    values[name] = value;
  }
  return Object.freeze(values) as ParamValues<P>;
}
