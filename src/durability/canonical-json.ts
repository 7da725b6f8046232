import { type Json, jsonOffence } from '../core/vocabulary/json.ts';

/** Nesting beyond which a value is looked at for a cycle. */
const DEEP = 200;
/** Member names in the order of some object, remembered for so many of them; objects with ever new names do not fill the memory. */
const MOST_SHAPES = 10_000;

/** The names of an object in canonical order. */
interface Shape {
  readonly names: readonly string[];
  /** Whether they are in this order already. */
  readonly isOrdered: boolean;
  /** Whether an object can have them in this order: not where some are like indexes, which always come first. */
  readonly isPossible: boolean;
}

/** Reached by the names of an object in its own order. */
interface ShapeNode {
  readonly next: Map<string, ShapeNode>;
  shape: Shape | null;
}

const root: ShapeNode = { next: new Map(), shape: null };
let nodes = 0;

/** A value holds an object that cannot have its members in canonical order. */
const IMPOSSIBLE = Symbol('impossible');

/**
 * The one text of a value: members in order of their names' UTF-16 units, no spaces, numbers as ECMAScript writes them, −0 as 0
 * (RFC 8785). Equal values have equal texts. Throws TypeError, with the path, for what is not JSON.
 */
export function canonicalJson(value: Json): string {
  // The runtime's own writer makes one flat text, several times faster to copy than one of many pieces.
  const copy = ordered(value, value, 0);
  return copy === IMPOSSIBLE ? textOf(value) : JSON.stringify(copy);
}

/** The value with members in canonical order, copied only where they are not. */
function ordered(value: unknown, whole: Json, depth: number): unknown {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value !== 'object' || depth === DEEP) refuse(whole);
  if (Array.isArray(value)) return orderedItems(value, whole, depth);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) refuse(whole);
  const members = value as Readonly<Record<string, unknown>>;
  const { names, isOrdered, isPossible } = shapeOf(members);
  const copy: Record<string, unknown> = {};
  let [isSame, isWhole] = [isOrdered, isPossible];
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!;
    const member = members[name];
    const now = ordered(member, whole, depth + 1);
    if (now === IMPOSSIBLE) isWhole = false;
    if (now !== member) isSame = false;
    if (isPossible) copy[name] = now;
  }
  if (!isWhole) return IMPOSSIBLE;
  return isSame ? value : copy;
}

function orderedItems(items: readonly unknown[], whole: Json, depth: number): unknown {
  let copy: unknown[] | null = null;
  let isWhole = true;
  for (let i = 0; i < items.length; i++) {
    const now = ordered(items[i], whole, depth + 1);
    if (now === IMPOSSIBLE) isWhole = false;
    if (now === items[i]) continue;
    copy ??= [...items];
    copy[i] = now;
  }
  return isWhole ? (copy ?? items) : IMPOSSIBLE;
}

/** Piece by piece, of a value that is known to be JSON. */
function textOf(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(textOf).join(',')}]`;
  const members = value as { readonly [name: string]: Json };
  const { names } = shapeOf(members);
  return `{${names.map((name) => `${JSON.stringify(name)}:${textOf(members[name]!)}`).join(',')}}`;
}

function shapeOf(members: Readonly<Record<string, unknown>>): Shape {
  let node: ShapeNode | undefined = root;
  for (const name in members) {
    let next: ShapeNode | undefined = node.next.get(name);
    if (next === undefined) {
      if (nodes >= MOST_SHAPES) return newShape(members);
      nodes++;
      next = { next: new Map(), shape: null };
      node.next.set(name, next);
    }
    node = next;
  }
  node.shape ??= newShape(members);
  return node.shape;
}

function newShape(members: Readonly<Record<string, unknown>>): Shape {
  const found = Object.keys(members);
  const names = found.toSorted();
  return {
    names,
    isOrdered: names.every((name, i) => name === found[i]),
    isPossible: !names.some((name) => /^\d+$/.test(name) || name === '__proto__'),
  };
}

function refuse(whole: Json): never {
  const offence = jsonOffence(whole, 'payload') ?? `it is nested more than ${DEEP} deep`;
  throw new TypeError(`expected plain JSON, found that ${offence}`);
}
