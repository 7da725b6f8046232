import { assert } from '../../vocabulary/assert.ts';
import type { Json } from '../../vocabulary/json.ts';
import type { Algorithm } from './algorithm.ts';
import { Iceberg } from './iceberg.ts';
import { Scale } from './scale.ts';
import { Twap } from './twap.ts';

const KINDS = { twap: Twap, iceberg: Iceberg, scale: Scale } as const;

/** The algorithm that a snapshot is of. */
export function restoreAlgorithm(snapshot: Json): Algorithm {
  const { kind, ...numbers } = snapshot as { kind: keyof typeof KINDS };
  const found = KINDS[kind];
  assert(found !== undefined, `no algorithm ${String(kind)}`);
  return found.restore(numbers as { readonly [key: string]: number });
}
