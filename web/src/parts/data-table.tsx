import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useMemo, useRef, useState } from 'react';
import type { ViewedTable } from './table-view.ts';

export interface Column<R> {
  readonly name: string;
  readonly cell: (row: R) => ReactNode;
  /** What it is sorted by; absent: it cannot be. */
  readonly sortBy?: (row: R) => number | string;
  readonly align?: 'left' | 'right';
  /** CSS grid track: `minmax(6rem, 1fr)`. */
  readonly width?: string;
  /** Only where there is room. */
  readonly isWide?: boolean;
}

interface DataTableProps<R> {
  readonly label: string;
  readonly rows: readonly R[];
  readonly columns: readonly Column<R>[];
  readonly rowKey: (row: R) => string | number;
  readonly onRow?: (row: R) => void;
  /** What a row does when it is chosen, for who hears it: `open order 5`. */
  readonly rowLabel?: (row: R) => string;
  readonly isChosen?: (row: R) => boolean;
  /** A row is pointed at or has the focus; null: none any more. */
  readonly onPoint?: (row: R | null) => void;
  /** Height in which it scrolls; absent: as high as its rows. */
  readonly height?: number;
  /** Sort and hidden columns, where they are kept elsewhere; absent: it keeps its sort itself and shows every column. */
  readonly view?: Pick<ViewedTable, 'sort' | 'hidden' | 'change'>;
}

const ROW_PX = 32;
/** A table of more columns than these needs more room before it shows them all. */
const MANY = 6;

/** A number is not cut off where there is little room: part of one is another number. The table scrolls then. */
const trackOf = <R,>({ width, align }: Column<R>, words: string): string =>
  width ?? `minmax(${align === 'right' ? '6rem' : words}, 1fr)`;

/** Columns without those that are hidden; where none is left for a narrow table, it has all of them. */
function shownOf<R>(columns: readonly Column<R>[], hidden: readonly string[]): readonly Column<R>[] {
  const shown = columns.filter(({ name }) => !hidden.includes(name));
  return shown.every(({ isWide }) => isWide === true) ? shown.map((each) => ({ ...each, isWide: false })) : shown;
}

/** A table that draws only what is seen: 100,000 rows scroll as ten do. Columns sort by a click on their heading. */
export function DataTable<R>({
  label,
  rows,
  columns: all,
  rowKey,
  onRow,
  rowLabel,
  isChosen,
  onPoint,
  height,
  view,
}: DataTableProps<R>) {
  const [ownSort, setOwnSort] = useState<ViewedTable['sort']>(null);
  const sort = view === undefined ? ownSort : view.sort;
  const setSort = view === undefined ? setOwnSort : (next: ViewedTable['sort']) => view.change({ sort: next });
  const columns = useMemo(() => shownOf(all, view?.hidden ?? []), [all, view?.hidden]);
  const place = useRef<HTMLDivElement>(null);
  const sorted = useMemo(() => {
    // Also by a column that is hidden.
    const by = all.find(({ name }) => name === sort?.name)?.sortBy;
    if (by === undefined || sort === null) return rows;
    const keys = new Map(rows.map((row) => [row, by(row)] as const));
    const way = sort.falls ? -1 : 1;
    return [...rows].sort((a, b) => {
      const [x, y] = [keys.get(a)!, keys.get(b)!];
      return x < y ? -way : x > y ? way : 0;
    });
  }, [rows, all, sort]);
  const virtual = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => place.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
    enabled: height !== undefined,
  });
  const shown =
    height === undefined
      ? sorted.map((row, index) => ({ row, index, start: null as number | null }))
      : virtual.getVirtualItems().map(({ index, start }) => ({ row: sorted[index]!, index, start }));
  const wide = columns.map((each) => trackOf(each, '5rem')).join(' ');
  const narrow = columns
    .filter(({ isWide }) => isWide !== true)
    .map((each) => trackOf(each, '4rem'))
    .join(' ');
  // By the room that the table has, not by that of the window.
  const isMany = columns.length > MANY;
  const grid = `grid grid-cols-(--narrow) ${isMany ? '@3xl:grid-cols-(--wide)' : '@xl:grid-cols-(--wide)'}`;
  const hidden = isMany ? 'hidden @3xl:block' : 'hidden @xl:block';

  return (
    <div
      ref={place}
      tabIndex={height === undefined ? undefined : 0}
      className="@container overflow-auto"
      style={height === undefined ? {} : { maxHeight: height }}
    >
      <div
        role="table"
        aria-label={label}
        aria-rowcount={sorted.length + 1}
        className="w-full min-w-max text-sm"
        style={{ '--wide': wide, '--narrow': narrow } as Record<string, string>}
      >
        <div role="row" aria-rowindex={1} className={`${grid} sticky top-0 z-10 border-b bg-panel text-xs text-soft`}>
          {columns.map((column) => {
            const { name, sortBy, align, isWide } = column;
            const isSorted = sort?.name === name;
            return (
              <div
                key={name}
                role="columnheader"
                aria-sort={isSorted ? (sort.falls ? 'descending' : 'ascending') : undefined}
                className={`truncate px-3 py-1.5 ${align === 'right' ? 'text-right' : ''} ${isWide === true ? hidden : ''}`}
              >
                {sortBy === undefined ? (
                  name
                ) : (
                  <button
                    type="button"
                    className="hover:text-text"
                    onClick={() =>
                      setSort(isSorted ? (sort.falls ? null : { name, falls: true }) : { name, falls: false })
                    }
                  >
                    {name}
                    <span aria-hidden="true">{isSorted ? (sort.falls ? ' ↓' : ' ↑') : ''}</span>
                  </button>
                )}
              </div>
            );
          })}
        </div>
        <div
          role="rowgroup"
          className="relative"
          style={height === undefined ? {} : { height: virtual.getTotalSize() }}
        >
          {shown.map(({ row, index, start }) => (
            <div
              key={rowKey(row)}
              role="row"
              aria-rowindex={index + 2}
              tabIndex={onRow === undefined ? undefined : 0}
              aria-label={onRow === undefined ? undefined : rowLabel?.(row)}
              className={`${grid} items-center border-b border-line/60 ${onRow === undefined ? '' : 'cursor-pointer hover:bg-raised'} ${isChosen?.(row) === true ? 'bg-accent/15' : ''} ${start === null ? '' : 'absolute inset-x-0'}`}
              style={start === null ? { minHeight: ROW_PX } : { top: start, height: ROW_PX }}
              onClick={onRow === undefined ? undefined : () => onRow(row)}
              onPointerEnter={onPoint === undefined ? undefined : () => onPoint(row)}
              onPointerLeave={onPoint === undefined ? undefined : () => onPoint(null)}
              onFocus={onPoint === undefined ? undefined : () => onPoint(row)}
              onBlur={onPoint === undefined ? undefined : () => onPoint(null)}
              onKeyDown={
                onRow === undefined
                  ? undefined
                  : (event) => {
                      if (event.target === event.currentTarget && (event.key === 'Enter' || event.key === ' ')) {
                        event.preventDefault();
                        onRow(row);
                      }
                    }
              }
            >
              {columns.map(({ name, cell, align, isWide }) => (
                <div
                  key={name}
                  role="cell"
                  className={`figure truncate px-3 ${align === 'right' ? 'text-right' : ''} ${isWide === true ? hidden : ''}`}
                >
                  {cell(row)}
                </div>
              ))}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
