import { type Json, jsonOffence } from '../core/vocabulary/json.ts';

/** Nesting beyond which a value is looked at for a cycle. */
const DEEP = 200;
/** Member names in the order of some object, remembered for so many of them; objects with ever new names do not fill the memory. */
const MOST_SHAPES = 10_000;

/** Names in canonical order, and what stands before each member's value. */
interface Shape {
  readonly names: readonly string[];
  readonly before: readonly string[];
}

/** Reached by the names of an object in its own order. */
interface ShapeNode {
  readonly next: Map<string, ShapeNode>;
  shape: Shape | null;
}

const root: ShapeNode = { next: new Map(), shape: null };
let nodes = 0;

/**
 * The one text of a value: members in order of their names' UTF-16 units, no spaces, numbers as ECMAScript writes them, −0 as 0
 * (RFC 8785). Equal values have equal texts. Throws TypeError, with the path, for what is not JSON.
 */
export function canonicalJson(value: Json): string {
  return textOf(value, value, 0);
}

function textOf(value: unknown, whole: Json, depth: number): string {
  if (typeof value === 'number' && Number.isFinite(value)) return `${value}`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'boolean' || value === null) return `${value}`;
  if (typeof value !== 'object' || depth === DEEP) refuse(whole);
  if (Array.isArray(value)) {
    let text = '';
    for (let i = 0; i < value.length; i++) text += `${i === 0 ? '' : ','}${textOf(value[i], whole, depth + 1)}`;
    return `[${text}]`;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) refuse(whole);
  const members = value as Readonly<Record<string, unknown>>;
  const { names, before } = shapeOf(members);
  if (names.length === 0) return '{}';
  let text = '';
  for (let i = 0; i < names.length; i++) text += before[i]! + textOf(members[names[i]!], whole, depth + 1);
  return `${text}}`;
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
  const names = Object.keys(members).sort();
  return { names, before: names.map((name, i) => `${i === 0 ? '{' : ','}${JSON.stringify(name)}:`) };
}

function refuse(whole: Json): never {
  const offence = jsonOffence(whole, 'payload') ?? `it is nested more than ${DEEP} deep`;
  throw new TypeError(`expected plain JSON, found that ${offence}`);
}
