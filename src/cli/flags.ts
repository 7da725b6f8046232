import type { z } from 'zod';
import { fieldKind, shapeOf } from '../api/field-shape.ts';
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

export const kebab = (field: string): string => field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The flags of an operation, places first. */
export function flagsOf(operation: Operation): readonly Flag[] {
  const flags = Object.entries(operation.input.shape as Readonly<Record<string, z.ZodType>>).map(
    ([field, schema]): Flag => {
      const { base, isList, isOptional, byDefault, choices, meta } = shapeOf(schema);
      const text = (key: string): string | null => (typeof meta[key] === 'string' ? meta[key] : null);
      const position = operation.positionals.indexOf(field);
      const kind = fieldKind(base);
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
  {
    name: 'server',
    value: 'url',
    description: 'Have it done by a server that tradewright serve runs; else TRADEWRIGHT_SERVER, else here',
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
