import { type ReactNode, useRef, useState } from 'react';
import { deleteView, type KeptView, keepView, LONGEST_NAME, type TableView, wrongName } from '../desk/kept-views.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Field } from './field.tsx';
import type { ViewedTable } from './table-view.ts';

interface ViewDrawerProps {
  readonly view: ViewedTable;
  readonly columns: readonly string[];
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Columns of a table, and its views: kept, chosen, renamed, deleted. */
export function ViewDrawer({ view, columns, isOpen, onClose }: ViewDrawerProps) {
  return (
    <Dialog
      title={`View of ${view.table}`}
      about="What is shown and in which order, kept in this browser under a name. The address names the one that is chosen."
      isOpen={isOpen}
      onClose={onClose}
      place="side"
    >
      <div className="space-y-5">
        <Columns view={view} columns={columns} />
        <Keeping view={view} columns={columns} />
        <Kept view={view} columns={columns} />
      </div>
    </Dialog>
  );
}

type PartProps = Pick<ViewDrawerProps, 'view' | 'columns'>;

function Columns({ view: { hidden, change }, columns }: PartProps) {
  const shown = columns.filter((name) => !hidden.includes(name));
  return (
    <fieldset>
      <legend className="mb-1 font-semibold">Columns</legend>
      <p className="mb-1 text-xs text-soft">Where there is little room, some that are chosen are left out.</p>
      <div className="grid grid-cols-2 gap-x-4">
        {columns.map((name) => {
          const isShown = !hidden.includes(name);
          return (
            <label key={name} className="flex items-center gap-2">
              <input
                type="checkbox"
                checked={isShown}
                // A table of no column says nothing.
                disabled={isShown && shown.length === 1}
                onChange={() =>
                  change({ hidden: isShown ? [...hidden, name] : hidden.filter((each) => each !== name) })
                }
              />
              {name}
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}

/** Keeps what is shown now: as the view that is chosen, or under a new name. */
function Keeping({ view, columns }: PartProps) {
  const { table, chosen, isUnknown, isChanged } = view;
  const [name, setName] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  const [said, setSaid] = useState('');
  const keep = (as: string): void => {
    const isForGood = keepView(table, as, snapshot(view));
    view.settle(as);
    setSaid(`Kept as ${as}${isForGood ? '.' : ', until the page is left: this browser keeps nothing.'}`);
  };
  return (
    <section aria-label="Keep what is shown">
      <h3 className="font-semibold">Keep what is shown</h3>
      <p className="mb-2 text-sm text-soft">{summaryOf(view, columns)}</p>
      <form
        className="flex items-end gap-2"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const problem = wrongName(table, name);
          setWrong(problem);
          if (problem !== null) return;
          keep(name.trim());
          setName('');
        }}
      >
        <Field label="Name" wrong={wrong} className="flex-1">
          {(of) => (
            <input
              {...of}
              className="control"
              maxLength={LONGEST_NAME}
              autoComplete="off"
              value={name}
              onChange={({ target }) => {
                setName(target.value);
                setWrong(null);
              }}
            />
          )}
        </Field>
        <Button kind="main" type="submit">
          Keep
        </Button>
      </form>
      <div className="mt-2 flex flex-wrap gap-2">
        {chosen === null || isUnknown ? null : (
          <Button size="small" disabled={!isChanged} onClick={() => keep(chosen)}>
            Keep the changes in {chosen}
          </Button>
        )}
        <Button size="small" disabled={chosen === null && !isChanged} onClick={() => view.choose(null)}>
          Show everything
        </Button>
      </div>
      <p role="status" className="mt-1 text-sm text-good">
        {said}
      </p>
    </section>
  );
}

function Kept({ view, columns }: PartProps) {
  const { table, views, chosen } = view;
  const list = useRef<HTMLHeadingElement>(null);
  const [renamed, setRenamed] = useState<string | null>(null);
  const [deleted, setDeleted] = useState<KeptView | null>(null);
  // What had the focus goes away with it.
  const back = (): void => list.current?.focus();
  const remove = (kept: KeptView): void => {
    deleteView(table, kept.name);
    setDeleted(kept);
    if (kept.name === chosen) view.choose(null);
    back();
  };
  return (
    <section aria-label="Kept views">
      <h3 ref={list} tabIndex={-1} className="font-semibold">
        Kept views
      </h3>
      {views.length === 0 ? <p className="text-soft">None yet.</p> : null}
      <ul className="mt-1 space-y-1">
        {views.map((kept) => (
          <li key={kept.name} className="rounded-md border p-2">
            {renamed === kept.name ? (
              <Renaming
                view={view}
                kept={kept}
                onDone={() => {
                  setRenamed(null);
                  back();
                }}
              />
            ) : (
              <Line kept={kept} columns={columns} isChosen={kept.name === chosen}>
                <Button size="small" aria-label={`Show ${kept.name}`} onClick={() => view.choose(kept.name)}>
                  Show
                </Button>
                <Button size="small" aria-label={`Rename ${kept.name}`} onClick={() => setRenamed(kept.name)}>
                  Rename
                </Button>
                <Button size="small" kind="danger" aria-label={`Delete ${kept.name}`} onClick={() => remove(kept)}>
                  Delete
                </Button>
              </Line>
            )}
          </li>
        ))}
      </ul>
      <div role="status" className="mt-1 text-sm">
        {deleted === null ? null : (
          <p className="flex items-center gap-2">
            {deleted.name} is deleted.
            <Button
              size="small"
              onClick={() => {
                keepView(table, deleted.name, deleted.view);
                setDeleted(null);
                back();
              }}
            >
              Undo
            </Button>
          </p>
        )}
      </div>
    </section>
  );
}

function Line({
  kept: { name, view },
  columns,
  isChosen,
  children,
}: {
  readonly kept: KeptView;
  readonly columns: readonly string[];
  readonly isChosen: boolean;
  readonly children: ReactNode;
}) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <p className="min-w-40 flex-1">
        <strong className="break-words font-semibold">{name}</strong>
        {isChosen ? <span className="text-xs text-accent"> chosen</span> : null}
        <span className="block text-xs text-soft">{summaryOf(view, columns)}</span>
      </p>
      <span className="flex gap-1">{children}</span>
    </div>
  );
}

function Renaming({
  view,
  kept,
  onDone,
}: {
  readonly view: ViewedTable;
  readonly kept: KeptView;
  readonly onDone: () => void;
}) {
  const { table, chosen } = view;
  const [name, setName] = useState(kept.name);
  const [wrong, setWrong] = useState<string | null>(null);
  const rename = (): void => {
    const problem = wrongName(table, name, kept.name);
    setWrong(problem);
    if (problem !== null) return;
    deleteView(table, kept.name);
    keepView(table, name.trim(), kept.view);
    if (chosen === kept.name) view.settle(name.trim());
    onDone();
  };
  return (
    <form
      className="flex items-end gap-2"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        rename();
      }}
    >
      <Field label={`New name of ${kept.name}`} wrong={wrong} className="flex-1">
        {(of) => (
          <input
            {...of}
            // biome-ignore lint/a11y/noAutofocus: it takes the place of the button that was pressed.
            autoFocus
            className="control"
            maxLength={LONGEST_NAME}
            autoComplete="off"
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
        )}
      </Field>
      <Button size="small" kind="main" type="submit">
        Rename
      </Button>
      <Button size="small" onClick={onDone}>
        Leave
      </Button>
    </form>
  );
}

function snapshot({ text, sort, hidden, filters }: TableView): TableView {
  return { text, sort, hidden, filters };
}

/** A view in words: `“BTC”, by Profit falling, without Fee; ended: no`. */
function summaryOf({ text, sort, hidden, filters }: TableView, columns: readonly string[]): string {
  const left = hidden.filter((name) => columns.includes(name));
  const parts = [
    ...(text === '' ? [] : [`“${text}”`]),
    ...(sort === null ? [] : [`by ${sort.name} ${sort.falls ? 'falling' : 'rising'}`]),
    ...(left.length === 0 ? [] : [`without ${left.join(', ')}`]),
    ...Object.entries(filters).map(([name, isOn]) => `${name}: ${isOn ? 'yes' : 'no'}`),
  ];
  return parts.length === 0 ? 'Everything, as it comes.' : parts.join('; ');
}
