import { useState } from 'react';
import { type Book, useBook, useCurrentSession } from '../../desk/current-session.ts';
import { useMoment } from '../../desk/moment.ts';
import { useCommand } from '../../desk/use-command.ts';
import { money, price, quantity } from '../../format/numerals.ts';
import { Button } from '../../parts/button.tsx';
import { CommandProblem } from '../../parts/command-problem.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { ExportButton } from '../../parts/export-button.tsx';
import { Change } from '../../parts/figure.tsx';
import { HoldButton } from '../../parts/hold-button.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { rowsWith, useTableView } from '../../parts/table-view.ts';
import { ViewBar } from '../../parts/view-bar.tsx';
import { OfSession } from '../overview/no-session.tsx';

type Position = Book['positions'][number];
/** What is about to be closed: of the session, and as large, as it was when that was asked for. */
interface Closing {
  readonly position: Position;
  readonly session: string;
}

/** What is held of it now, signed; null where that is not known. */
type Held = string | null;

/** What is held, each with its way out. */
export function PositionsTable() {
  const view = useBook();
  const { at } = useMoment();
  const current = useCurrentSession();
  const [closing, setClosing] = useState<Closing | null>(null);
  const viewed = useTableView('positions');
  const rows = rowsWith(view.phase === 'there' ? (view.data.book?.positions ?? []) : [], viewed.text);
  const isOff = at !== null || current?.running !== true;
  const nowOf = ({ position, session }: Closing): Held =>
    view.phase !== 'there' || view.data.book === null || current?.session !== session
      ? null
      : (view.data.book.positions.find(({ instrument }) => instrument === position.instrument)?.quantity ?? '0');
  const columns: readonly Column<Position>[] = [
    {
      name: 'Instrument',
      cell: ({ instrument }) => instrument,
      sortBy: ({ instrument }) => instrument,
      width: 'minmax(9rem, 2fr)',
    },
    {
      name: 'Quantity',
      align: 'right',
      cell: (row) => <Change value={row.quantity}>{quantity(row.quantity, { isSigned: true })}</Change>,
      sortBy: (row) => Number(row.quantity),
    },
    { name: 'Average price', align: 'right', isWide: true, cell: ({ averagePrice }) => price(averagePrice) },
    { name: 'Last price', align: 'right', isWide: true, cell: (row) => price(row.price) },
    {
      name: 'Value',
      align: 'right',
      isWide: true,
      cell: (row) => money(Number(row.quantity) * row.price),
      sortBy: (row) => Number(row.quantity) * row.price,
    },
    {
      name: 'Unrealized',
      align: 'right',
      cell: ({ unrealized }) => <Change value={unrealized}>{money(unrealized, { isSigned: true })}</Change>,
      sortBy: ({ unrealized }) => unrealized,
    },
    {
      name: 'Way out',
      cell: (row) => (
        <Button
          size="small"
          disabled={isOff}
          onClick={() => current !== null && setClosing({ position: row, session: current.session })}
        >
          Close …
        </Button>
      ),
      width: '6rem',
    },
  ];
  return (
    <Panel
      title="Positions"
      isFlush
      actions={
        <>
          <ViewBar view={viewed} columns={columns.map(({ name }) => name)} />
          <ExportButton name="positions" rows={rows} />
        </>
      }
      {...(view.phase === 'there' && view.data.book !== null ? { unit: view.data.book.currency } : {})}
    >
      <OfSession missing="Here stands what a session holds.">
        <Shown
          view={view}
          isEmpty={() => rows.length === 0}
          empty={viewed.text === '' ? 'Nothing is held.' : 'No position is so.'}
        >
          {() => (
            <DataTable
              label="Positions"
              rows={rows}
              columns={columns}
              rowKey={({ instrument }) => instrument}
              view={viewed}
            />
          )}
        </Shown>
      </OfSession>
      {closing === null ? null : <CloseDialog {...closing} now={nowOf(closing)} onClose={() => setClosing(null)} />}
    </Panel>
  );
}

/** Closes a position at market, by an order that can only reduce it. */
function CloseDialog({
  position,
  session,
  now,
  onClose,
}: Closing & { readonly now: Held; readonly onClose: () => void }) {
  const side = Number(position.quantity) > 0 ? 'sell' : 'buy';
  const size = position.quantity.replace(/^-/, '');
  const isOther = now !== null && Number(now) !== Number(position.quantity);
  const order = useCommand('order place', {
    isQuiet: true,
    done: ({ order: id }) => `Order ${id} closes ${position.instrument}.`,
  });
  const close = (): void =>
    void order
      .run({
        side,
        symbol: position.instrument.split(':').at(-1)!,
        qty: size,
        reduceOnly: true,
        reason: 'closed at the desk',
        session,
      })
      .then((output) => output === null || onClose());
  return (
    <Dialog
      title={`Close ${position.instrument}`}
      about={`A ${side} of ${quantity(size)} at market in session ${session}, which can only reduce the position. It passes through risk as every order does.`}
      isOpen
      onClose={onClose}
    >
      <div className="space-y-3">
        <p>
          Unrealized: <Change value={position.unrealized}>{money(position.unrealized, { isSigned: true })}</Change>
        </p>
        {isOther ? (
          <p role="alert" className="text-warn">
            {Number(now) === 0
              ? 'Nothing of it is held any more.'
              : `It was ${quantity(position.quantity, { isSigned: true })} when this was opened, and is ${quantity(now, { isSigned: true })} now: close this, and ask for it again.`}
          </p>
        ) : null}
        <CommandProblem command={order} deed="this order" />
        <HoldButton onHeld={close} isDisabled={order.isRunning || isOther} className="w-full">
          Hold to close
        </HoldButton>
      </div>
    </Dialog>
  );
}
