import { createPatch, type Operation, type Pointer } from 'rfc6902';

/** Comparing lists costs the product of their lengths; above this they are replaced whole. */
const MOST_COMPARED = 10_000;

/** What makes one JSON value of the other: operations of a JSON Patch (RFC 6902). */
export function patchOf(before: unknown, after: unknown): readonly Operation[] {
  return createPatch(before, after, (a: unknown, b: unknown, pointer: Pointer) => {
    const isLong = Array.isArray(a) && Array.isArray(b) && a.length * b.length > MOST_COMPARED;
    return isLong ? [{ op: 'replace', path: pointer.toString(), value: b }] : undefined;
  });
}
