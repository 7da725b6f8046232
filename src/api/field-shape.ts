import type { z } from 'zod';

/** What this reads of a schema; zod's own types of it are generic to no use here. */
interface Definition {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly element?: z.ZodType;
  readonly entries?: Readonly<Record<string, string>>;
  readonly defaultValue?: unknown;
}

export interface FieldShape {
  readonly base: string;
  readonly isList: boolean;
  readonly isOptional: boolean;
  readonly byDefault: unknown;
  readonly choices: readonly string[];
  /** What is said about it, on any of its layers. */
  readonly meta: Readonly<Record<string, unknown>>;
}

/** Looks through defaults, optionals and transformations for what is typed. */
export function shapeOf(schema: z.ZodType): FieldShape {
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

export type FieldKind = 'text' | 'number' | 'switch' | 'pairs';

const KINDS: Readonly<Record<string, FieldKind>> = { number: 'number', boolean: 'switch', record: 'pairs' };

/** How a value of a schema's type is written as words: on a command line, in the query of an address. */
export function fieldKind(base: string): FieldKind {
  return KINDS[base] ?? 'text';
}

/** What stands between the values of a list that is written as one text. */
export function separatorOf({ meta }: Pick<FieldShape, 'meta'>): ',' | ';' {
  return meta['hasCommas'] === true ? ';' : ',';
}
