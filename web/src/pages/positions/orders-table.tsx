import { useState } from 'react';
import type { UpdateOf } from '../../../../src/api/client/client.ts';
import { useCurrentSession } from '../../desk/current-session.ts';
import { useMoment } from '../../desk/moment.ts';
import { useCommand } from '../../desk/use-command.ts';
import { useSessionView } from '../../desk/use-view.ts';
import { price, quantity } from '../../format/numerals.ts';
import { timeText } from '../../format/times.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { ExportButton } from '../../parts/export-button.tsx';
import { Side } from '../../parts/figure.tsx';
import { OperationForm } from '../../parts/operation-form.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { useAppearance } from '../../theme/appearance.ts';

type Order = UpdateOf<'orders'>['orders'][number];

const ENDED = new Set(['filled', 'canceled', 'rejected', 'expired', 'refused']);

/** Orders with what became of each; those that wait can be changed in place. */
export function OrdersTable() {
  const current = useCurrentSession();
  const { at } = useMoment();
  const { clock } = useAppearance();
  const [isAll, setAll] = useState(true);
  const [text, setText] = useState('');
  const [amending, setAmending] = useState<Order | null>(null);
  const session = current?.session ?? '';
  const view = useSessionView(current === null ? null : 'orders', { session, all: isAll, limit: 5_000 });
  const cancel = useCommand('order cancel', { done: ({ order }) => `Order ${order} is asked to be canceled.` });
  const isOff = at !== null || current?.running !== true;
  const columns: readonly Column<Order>[] = [
    { name: 'Time', cell: ({ time }) => timeText(time, clock), sortBy: ({ time }) => time, width: '10.5rem' },
    { name: 'Side', cell: ({ side }) => <Side side={side} />, width: '4.5rem' },
    {
      name: 'Instrument',
      isWide: true,
      cell: ({ instrument }) => instrument,
      sortBy: ({ instrument }) => instrument,
      width: 'minmax(9rem, 1fr)',
    },
    { name: 'Type', isWide: true, cell: ({ type }) => type, sortBy: ({ type }) => type },
    { name: 'Role', isWide: true, cell: ({ role }) => role },
    { name: 'Quantity', align: 'right', isWide: true, cell: (row) => quantity(row.quantity) },
    { name: 'Filled', align: 'right', isWide: true, cell: ({ filled }) => quantity(filled) },
    { name: 'At', align: 'right', isWide: true, cell: ({ limit, trigger }) => price(limit ?? trigger) },
    {
      name: 'Status',
      cell: ({ status }) => (
        <Badge tone={status === 'filled' ? 'good' : status === 'rejected' ? 'bad' : 'plain'}>{status}</Badge>
      ),
      sortBy: ({ status }) => status,
      width: '8rem',
    },
    {
      name: 'Change',
      width: '10rem',
      cell: (row) =>
        ENDED.has(row.status) ? null : (
          <span className="flex gap-1">
            <Button size="small" disabled={isOff} onClick={() => setAmending(row)}>
              Amend
            </Button>
            <Button
              size="small"
              kind="danger"
              disabled={isOff || cancel.isRunning}
              onClick={() => void cancel.run({ order: row.order, session, reason: 'at the desk' })}
            >
              Cancel
            </Button>
          </span>
        ),
    },
  ];
  const wanted = (order: Order): boolean =>
    text === '' || JSON.stringify(order).toLowerCase().includes(text.toLowerCase());
  const rows = view.phase === 'there' ? view.data.orders.filter(wanted).toReversed() : [];
  return (
    <Panel
      title="Orders"
      isFlush
      actions={
        <>
          <label>
            <span className="sr-only">Find</span>
            <input
              className="control w-48"
              placeholder="Find"
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          </label>
          <label className="flex items-center gap-1">
            <input type="checkbox" checked={isAll} onChange={(event) => setAll(event.target.checked)} /> ended ones, too
          </label>
          <ExportButton name="orders" rows={rows} />
        </>
      }
    >
      <Shown view={view} isEmpty={() => rows.length === 0} empty={text === '' ? 'No order yet.' : 'No order is so.'}>
        {() => <DataTable label="Orders" rows={rows} columns={columns} rowKey={({ order }) => order} height={600} />}
      </Shown>
      <Dialog
        title={`Amend ${amending?.order ?? ''}`}
        about="Goes through risk as a new order would."
        isOpen={amending !== null}
        onClose={() => setAmending(null)}
      >
        {amending === null ? null : (
          <OperationForm
            name="order amend"
            fields={['price', 'qty', 'reason']}
            given={{ order: amending.order, session }}
            initial={{ price: amending.limit ?? amending.trigger ?? '', qty: amending.quantity, reason: 'at the desk' }}
            submit="Amend"
            done={({ order }) => `Order ${order} is asked to be amended.`}
            onDone={() => setAmending(null)}
          />
        )}
      </Dialog>
    </Panel>
  );
}
