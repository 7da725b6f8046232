import type { z } from 'zod';
import type { Operation } from '../api/operation.ts';

/** How a field is written on a command line. */
export interface Flag {
  /** `max-drawdown` for the field `maxDrawdown`; without the `no-` of switches that are on by default. */
  readonly name: string;
  readonly field: string;
  readonly kind: 'text' | 'number' | 'switch' | 'pairs';
  readonly isList: boolean;
  readonly isRequired: boolean;
  /** A switch that is on by default is given as `--no-name`. */
  readonly isOnByDefault: boolean;
  readonly byDefault: string | null;
  readonly choices: readonly string[];
  readonly description: string;
  readonly placeholder: string;
  /** What the shell offers for its value: `strategy`, `data`, `run`, `file` … */
  readonly completes: string | null;
  readonly position: number | null;
}

/** What this reads of a schema; zod's own types of it are generic to no use here. */
interface Definition {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly element?: z.ZodType;
  readonly entries?: Readonly<Record<string, string>>;
  readonly defaultValue?: unknown;
}

interface Shape {
  readonly base: string;
  readonly isList: boolean;
  readonly isOptional: boolean;
  readonly byDefault: unknown;
  readonly choices: readonly string[];
  /** What is said about it, on any of its layers. */
  readonly meta: Readonly<Record<string, unknown>>;
}

/** Looks through defaults, optionals and transformations for what is typed. */
function shapeOf(schema: z.ZodType): Shape {
  let isList = false;
  let isOptional = false;
  let byDefault: unknown;
  let meta: Readonly<Record<string, unknown>> = {};
  for (let at: z.ZodType = schema; ; ) {
    const def = at.def as unknown as Definition;
    meta = { ...at.meta(), ...meta };
    if (def.type === 'optional' || def.type === 'default' || def.type === 'prefault') {
      isOptional = true;
      byDefault ??= def.defaultValue;
      at = def.innerType!;
    } else if (def.type === 'pipe') at = def.in!;
    else if (def.type === 'array') {
      isList = true;
      at = def.element!;
    } else return { base: def.type, isList, isOptional, byDefault, meta, choices: Object.values(def.entries ?? {}) };
  }
}

const KINDS: Readonly<Record<string, Flag['kind']>> = { number: 'number', boolean: 'switch', record: 'pairs' };

export const kebab = (field: string): string => field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The flags of an operation, places first. */
export function flagsOf(operation: Operation): readonly Flag[] {
  const flags = Object.entries(operation.input.shape as Readonly<Record<string, z.ZodType>>).map(
    ([field, schema]): Flag => {
      const { base, isList, isOptional, byDefault, choices, meta } = shapeOf(schema);
      const text = (key: string): string | null => (typeof meta[key] === 'string' ? meta[key] : null);
      const position = operation.positionals.indexOf(field);
      const kind = KINDS[base] ?? 'text';
      return {
        name: kebab(field),
        field,
        kind,
        isList: isList || kind === 'pairs',
        isRequired: !isOptional,
        isOnByDefault: kind === 'switch' && byDefault === true,
        byDefault: typeof byDefault === 'string' || typeof byDefault === 'number' ? String(byDefault) : null,
        choices,
        description: text('description') ?? '',
        placeholder: text('placeholder') ?? (choices.length > 0 ? choices.join('|') : 'value'),
        completes: text('completes'),
        position: position < 0 ? null : position,
      };
    },
  );
  return flags.sort((a, b) => (a.position ?? 99) - (b.position ?? 99));
}

/** Flags that every command takes. */
export const GLOBAL_FLAGS = [
  { name: 'json', value: null, description: 'One JSON object on standard output instead of text' },
  {
    name: 'home',
    value: 'dir',
    description: 'Folder of catalogue, runs and reports; else TRADEWRIGHT_HOME, else ./.tradewright',
  },
  { name: 'timeout', value: 'seconds', description: 'End a run that makes no progress for so long; default 60' },
  { name: 'quiet', value: null, description: 'No progress, no hints (-q)' },
  {
    name: 'detach',
    value: null,
    description: 'Go on in the background once it has begun; for what goes on until it is ended',
  },
  { name: 'no-color', value: null, description: 'No colours, as NO_COLOR' },
  { name: 'help', value: null, description: 'Explain the command (-h)' },
] as const;
