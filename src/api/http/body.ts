import type { Json } from '../../core/vocabulary/json.ts';
import { Failure } from '../failures.ts';

/** Deeper than any operation's input. */
const DEEPEST = 32;

/** A body as an object. Throws {@link Failure} `body-invalid`. */
export function jsonObject(text: string): Readonly<Record<string, Json>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Failure('body-invalid', 'expected a JSON object, found what is no JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Failure('body-invalid', 'expected a JSON object, found another value');
  if (depthOf(value, DEEPEST) > DEEPEST)
    throw new Failure('body-invalid', `expected at most ${DEEPEST} levels, found more`);
  return value as Readonly<Record<string, Json>>;
}

/** Levels of a value, as far as `most` and one more. */
function depthOf(value: unknown, most: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (most < 0) return 1;
  let deepest = 0;
  for (const each of Object.values(value)) deepest = Math.max(deepest, depthOf(each, most - 1));
  return deepest + 1;
}
