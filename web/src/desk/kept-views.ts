import { useSyncExternalStore } from 'react';
import { z } from 'zod';
import { tell } from '../parts/toasts.tsx';

const VERSION = 1;
const PLACE = 'tradewright.views.';
export const MOST_VIEWS = 50;
export const LONGEST_NAME = 40;

const word = z.string().max(100);
const tableView = z.strictObject({
  /** What is looked for. */
  text: z.string().max(500),
  sort: z.strictObject({ name: word, falls: z.boolean() }).nullable(),
  /** Columns that are not shown, by their headings. */
  hidden: z.array(word).max(100),
  filters: z.record(word, z.boolean()),
});
/** What is shown of a table, and in which order. */
export type TableView = Readonly<z.output<typeof tableView>>;

const keptView = z.strictObject({ name: z.string().trim().min(1).max(LONGEST_NAME), view: tableView });
export type KeptView = Readonly<z.output<typeof keptView>>;
const shelf = z.strictObject({ version: z.literal(VERSION), views: z.array(z.unknown()) });

const listeners = new Set<() => void>();
const known = new Map<string, readonly KeptView[]>();

function stored(table: string): string | null {
  try {
    return localStorage.getItem(PLACE + table);
  } catch {
    // A browser that keeps nothing.
    return null;
  }
}

/** Views of a table that this browser keeps. What cannot be read is dropped, and that is said. */
function read(table: string): readonly KeptView[] {
  const text = stored(table);
  if (text === null) return [];
  let found: readonly unknown[] | null = null;
  try {
    found = shelf.parse(JSON.parse(text)).views;
  } catch {
    // Not ours, damaged, or of another version of the desk.
  }
  const views = (found ?? []).flatMap((each) => keptView.safeParse(each).data ?? []);
  const distinct = views.filter(({ name }, k) => views.findIndex((each) => each.name === name) === k);
  if (found !== null && distinct.length === found.length) return distinct;
  const what = found === null ? 'The kept views' : 'Some kept views';
  // Not while something is drawn.
  queueMicrotask(() => {
    write(table, distinct);
    tell({
      ...{ kind: 'refused', code: 'view-unreadable' },
      text: `${what} of ${table} could not be read, and were dropped.`,
      hint: 'Keep them anew under View.',
    });
  });
  return distinct;
}

/** Says whether it outlives the page. */
function write(table: string, views: readonly KeptView[]): boolean {
  known.set(table, views);
  for (const listener of listeners) listener();
  try {
    localStorage.setItem(PLACE + table, JSON.stringify({ version: VERSION, views }));
    return true;
  } catch {
    return false;
  }
}

function viewsOf(table: string): readonly KeptView[] {
  const views = known.get(table) ?? read(table);
  known.set(table, views);
  return views;
}

// Another page of the desk has kept or deleted one.
addEventListener('storage', ({ key }) => {
  if (key === null) known.clear();
  else if (key.startsWith(PLACE)) known.delete(key.slice(PLACE.length));
  else return;
  for (const listener of listeners) listener();
});

/** Views of a table that are kept, by name. */
export function useKeptViews(table: string): readonly KeptView[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => viewsOf(table),
  );
}

/** Keeps a view under a name, in the place of one that is called so. Says whether it outlives the page. */
export function keepView(table: string, name: string, view: TableView): boolean {
  const others = viewsOf(table).filter((each) => each.name !== name);
  return write(
    table,
    [...others, { name, view }].sort((a, b) => a.name.localeCompare(b.name)),
  );
}

/** Forgets a view by its name. */
export function deleteView(table: string, name: string): void {
  write(
    table,
    viewsOf(table).filter((each) => each.name !== name),
  );
}

/** What is wrong with a name for a view, in a sentence; null where nothing is. `own`: the name that it has already. */
export function wrongName(table: string, name: string, own: string | null = null): string | null {
  const trimmed = name.trim();
  if (trimmed === '') return 'expected a name, found none';
  if (trimmed.length > LONGEST_NAME) return `expected at most ${LONGEST_NAME} characters, found ${trimmed.length}`;
  const views = viewsOf(table);
  if (trimmed !== own && views.some((each) => each.name === trimmed))
    return `there is a view ${trimmed} already: take another name`;
  if (own === null && views.length >= MOST_VIEWS) return `there are ${MOST_VIEWS} views already: delete one first`;
  return null;
}
