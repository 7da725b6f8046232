import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { type KeptView, type TableView, useKeptViews } from '../desk/kept-views.ts';

/** A table whose search, filters, sort and columns may be kept under a name. */
export interface ViewedTable extends TableView {
  /** What its rows are, as its views are kept by: `orders`. */
  readonly table: string;
  readonly views: readonly KeptView[];
  /** The view that the address names; null for none. */
  readonly chosen: string | null;
  /** The address names one that this browser does not keep. */
  readonly isUnknown: boolean;
  /** Something is shown otherwise than the chosen view says or, without one, than at first. */
  readonly isChanged: boolean;
  change(part: Partial<TableView>): void;
  /** Null: as at first. What was changed and not kept is gone. */
  choose(name: string | null): void;
  /** Keeps what is shown as it is, as the view of this name. */
  settle(name: string): void;
}

const AT_FIRST: TableView = { text: '', sort: null, hidden: [], filters: {} };

/**
 * What is shown of a table: as its view says that the address names, and as somebody has changed it since. The page must take `view` in its address.
 * `start`: how it is without one.
 */
export function useTableView(table: string, start: Partial<TableView> = {}): ViewedTable {
  const search = useSearch({ strict: false }) as { readonly view?: string };
  const navigate = useNavigate();
  const views = useKeptViews(table);
  const [edited, setEdited] = useState<{ readonly of: string | null; readonly view: TableView } | null>(null);
  // Of the tables of a page, one is meant.
  const [of, ...rest] = (search.view ?? '').split(':');
  const chosen = of === table && rest.length > 0 ? rest.join(':') : null;
  const first = { ...AT_FIRST, ...start };
  const kept = views.find(({ name }) => name === chosen)?.view;
  const base = kept === undefined ? first : { ...kept, filters: { ...first.filters, ...kept.filters } };
  const now = edited !== null && edited.of === chosen ? edited.view : base;
  const point = (name: string | null): void =>
    void navigate({
      to: '.',
      search: ((known: object) => ({ ...known, view: name === null ? undefined : `${table}:${name}` })) as never,
      replace: true,
    });
  return {
    ...now,
    ...{ table, views, chosen, isUnknown: chosen !== null && kept === undefined },
    isChanged: orderless(now) !== orderless(base),
    change: (part) => setEdited({ of: chosen, view: { ...now, ...part } }),
    choose(name) {
      setEdited(null);
      if (name !== chosen) point(name);
    },
    settle(name) {
      setEdited({ of: name, view: now });
      if (name !== chosen) point(name);
    },
  };
}

/** Neither in which order columns were hidden nor that of filters makes another view. */
function orderless({ text, sort, hidden, filters }: TableView): string {
  const switched = Object.entries(filters).map(([name, isOn]) => `${name}: ${isOn}`);
  return JSON.stringify([text, sort, hidden.toSorted(), switched.toSorted()]);
}

/** Rows in which a text stands somewhere. */
export function rowsWith<R extends object>(all: readonly R[], text: string): readonly R[] {
  const wanted = text.toLowerCase();
  return wanted === '' ? all : all.filter((row) => JSON.stringify(row).toLowerCase().includes(wanted));
}
