import type { z } from 'zod';
import type { Operation } from './operation.ts';

/** A schema is compiled with its first use: made anew for each call, that would be most of the call. */
const made = new WeakMap<z.ZodObject, z.ZodObject>();

/** An operation's input, without fields that it does not name; a row that names none by `catchall` takes any. */
export function strictInput({ input }: Pick<Operation, 'input'>): z.ZodObject {
  let strict = made.get(input);
  if (strict === undefined) {
    strict = input.def.catchall === undefined ? input.strict() : input;
    made.set(input, strict);
  }
  return strict;
}
