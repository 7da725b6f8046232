import { Columns3 } from 'lucide-react';
import { useState } from 'react';
import { Badge } from './badge.tsx';
import { Button } from './button.tsx';
import type { ViewedTable } from './table-view.ts';
import { ViewDrawer } from './view-drawer.tsx';

interface ViewBarProps {
  readonly view: ViewedTable;
  /** Headings of all columns that the table has. */
  readonly columns: readonly string[];
  /** Where there is much to type. */
  readonly placeholder?: string;
  readonly isLong?: boolean;
}

/** Where a text is looked for in a table, one of its views is chosen, and columns and views are changed. */
export function ViewBar({ view, columns, placeholder = 'Find', isLong = false }: ViewBarProps) {
  const [isOpen, setOpen] = useState(false);
  const { table, text, hidden, views, chosen, isUnknown, isChanged, change, choose } = view;
  const hiddenCount = columns.filter((name) => hidden.includes(name)).length;
  return (
    <>
      <label>
        <span className="sr-only">Find in {table}</span>
        <input
          className={`control ${isLong ? 'w-72 max-w-[60vw]' : 'w-40 max-sm:w-28'}`}
          placeholder={placeholder}
          value={text}
          onChange={({ target }) => change({ text: target.value })}
        />
      </label>
      {views.length === 0 && chosen === null ? null : (
        <label>
          <span className="sr-only">View of {table}</span>
          <select
            className="control max-w-40"
            value={chosen ?? ''}
            onChange={({ target }) => choose(target.value === '' ? null : target.value)}
          >
            <option value="">no view</option>
            {isUnknown ? <option value={chosen!}>{chosen} (not kept here)</option> : null}
            {views.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {chosen !== null && isChanged ? <Badge tone="warn">changed</Badge> : null}
      <Button size="small" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Columns3 aria-hidden="true" className="mr-1 inline size-3.5" />
        View{hiddenCount === 0 ? '' : `, ${hiddenCount} hidden`}
      </Button>
      {isUnknown ? (
        <p role="status" className="w-full text-xs text-warn">
          This browser keeps no view {chosen} of {table}: everything is shown.
        </p>
      ) : null}
      <ViewDrawer view={view} columns={columns} isOpen={isOpen} onClose={() => setOpen(false)} />
    </>
  );
}
