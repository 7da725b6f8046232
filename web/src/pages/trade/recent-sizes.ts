import type { SizeBy } from './ticket.ts';

const KEY = 'tradewright.recent-sizes';
const MOST = 4;

type Kept = { readonly [S in SizeBy]?: readonly string[] };

function read(): Kept {
  try {
    return (JSON.parse(localStorage.getItem(KEY) ?? '{}') ?? {}) as Kept;
  } catch {
    // A browser that keeps nothing, or something that is not ours.
    return {};
  }
}

/** Sizes that were used last, newest first; kept in the browser. */
export function recentSizes(sizeBy: SizeBy): readonly string[] {
  const kept: unknown = read()[sizeBy];
  return Array.isArray(kept) ? kept.map(String).slice(0, MOST) : [];
}

export function noteSize(sizeBy: SizeBy, size: string): void {
  const next = { ...read(), [sizeBy]: [size, ...recentSizes(sizeBy).filter((each) => each !== size)].slice(0, MOST) };
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // Where nothing can be kept, none is offered.
  }
}
