import { useState } from 'react';
import type { UpdateOf } from '../../../../src/api/client/client.ts';
import { useBook, useCurrentSession } from '../../desk/current-session.ts';
import { useMoment } from '../../desk/moment.ts';
import { useCommand } from '../../desk/use-command.ts';
import { useSessionView } from '../../desk/use-view.ts';
import { price, quantity } from '../../format/numerals.ts';
import { timeText } from '../../format/times.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field, fieldOf, wrongAt } from '../../parts/field.tsx';
import { Side } from '../../parts/figure.tsx';
import { Panel, Problem, Shown } from '../../parts/panel.tsx';
import { useAppearance } from '../../theme/appearance.ts';

type Order = UpdateOf<'orders'>['orders'][number];

const SHOWN = 50;
const HEIGHT_PX = 360;
const TONES: Readonly<Record<string, Tone>> = { filled: 'good', rejected: 'bad', refused: 'bad', expired: 'warn' };

/** Orders of the session, those that work first, with what became of each. */
export function OrdersPanel() {
  const current = useCurrentSession();
  const { at } = useMoment();
  const { clock } = useAppearance();
  const book = useBook();
  const open = new Set(book.phase === 'there' ? (book.data.book?.openOrders.map(({ order }) => order) ?? []) : []);
  const session = current?.session ?? '';
  const view = useSessionView(current === null ? null : 'orders', { session, all: true, limit: SHOWN });
  const [amended, setAmended] = useState<Order | null>(null);
  const cancel = useCommand('order cancel', { done: ({ order }) => `${order} is asked to be canceled.` });
  const cancelAll = useCommand('order cancel-all', {
    done: ({ canceled }) => `${canceled} ${canceled === 1 ? 'order is' : 'orders are'} asked to be canceled.`,
  });
  const isHeld = at !== null || current?.running !== true;
  const columns: readonly Column<Order>[] = [
    { name: 'Time', isWide: true, cell: ({ time }) => timeText(time, clock, 'time'), width: '5.5rem' },
    { name: 'Side', cell: ({ side }) => <Side side={side} />, width: '4rem' },
    { name: 'Instrument', isWide: true, cell: ({ instrument }) => instrument, width: 'minmax(7rem, 1fr)' },
    { name: 'Type', isWide: true, cell: ({ type }) => type, width: '6rem' },
    { name: 'For', isWide: true, cell: ({ role }) => role, width: '5rem' },
    {
      name: 'Filled',
      align: 'right',
      cell: ({ filled, quantity: all }) => `${quantity(filled)} of ${quantity(all)}`,
      width: 'minmax(9.5rem, 1fr)',
    },
    {
      name: 'At',
      align: 'right',
      isWide: true,
      cell: ({ limit, trigger }) => price(limit ?? trigger),
      width: '6.5rem',
    },
    {
      name: 'Status',
      width: '9.5rem',
      cell: (order) =>
        open.has(order.order) ? (
          <span className="flex gap-1">
            <Button size="small" disabled={isHeld} onClick={() => setAmended(order)}>
              Amend
            </Button>
            <Button
              size="small"
              disabled={isHeld || cancel.isRunning}
              onClick={() => void cancel.run({ order: order.order, session })}
            >
              Cancel
            </Button>
          </span>
        ) : (
          <Badge tone={TONES[order.status] ?? 'plain'}>{order.status}</Badge>
        ),
    },
    {
      name: 'Why',
      isWide: true,
      cell: ({ why }) => (
        <span title={why} className="text-soft">
          {why}
        </span>
      ),
      width: 'minmax(8rem, 2fr)',
    },
  ];
  return (
    <Panel
      title="Orders"
      unit={`the last ${SHOWN}`}
      isFlush
      actions={
        <Button
          size="small"
          disabled={isHeld || open.size === 0 || cancelAll.isRunning}
          title="Protective stops and targets included"
          onClick={() => void cancelAll.run({ session })}
        >
          Cancel all {open.size === 0 ? '' : open.size}
        </Button>
      }
    >
      <Shown
        view={view}
        isEmpty={({ orders }) => orders.length === 0}
        empty="No order yet: the ticket above places one, and the strategy its own."
      >
        {({ orders }) => {
          const newest = orders.toReversed();
          return (
            <DataTable
              label="Orders"
              rows={[
                ...newest.filter(({ order }) => open.has(order)),
                ...newest.filter(({ order }) => !open.has(order)),
              ]}
              columns={columns}
              rowKey={({ order }) => order}
              height={Math.min(HEIGHT_PX, 40 + 32 * orders.length)}
            />
          );
        }}
      </Shown>
      {amended === null ? null : (
        <AmendDialog key={amended.order} order={amended} session={session} onClose={() => setAmended(null)} />
      )}
    </Panel>
  );
}

export function AmendDialog({
  order,
  session,
  onClose,
}: {
  readonly order: Order;
  readonly session: string;
  readonly onClose: () => void;
}) {
  const before = order.limit ?? order.trigger ?? '';
  const [at, setAt] = useState(before);
  const [size, setSize] = useState(order.quantity);
  const amend = useCommand('order amend', { isQuiet: true, done: () => `${order.order} is asked to be amended.` });
  const changes = {
    ...(at === before ? {} : { price: at }),
    ...(size === order.quantity ? {} : { qty: size }),
  };
  const send = async (): Promise<void> => {
    const done = await amend.run({ order: order.order, session, ...changes });
    if (done !== null) onClose();
  };
  const isAtField = ['price', 'qty'].includes(fieldOf(amend.problem));
  return (
    <Dialog
      title="Amend an order"
      about={`${order.side} ${order.type} ${order.instrument}. Goes through risk as a new order would.`}
      isOpen
      onClose={onClose}
    >
      <form
        className="space-y-3"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <div className="grid gap-2 sm:grid-cols-2">
          <Field label={order.limit === null ? 'Trigger price' : 'Limit price'} wrong={wrongAt(amend.problem, 'price')}>
            {(of) => (
              <input
                {...of}
                className="control figure"
                inputMode="decimal"
                value={at}
                onChange={(event) => setAt(event.target.value.trim())}
              />
            )}
          </Field>
          <Field label="Quantity, what has filled included" wrong={wrongAt(amend.problem, 'qty')}>
            {(of) => (
              <input
                {...of}
                className="control figure"
                inputMode="decimal"
                value={size}
                onChange={(event) => setSize(event.target.value.trim())}
              />
            )}
          </Field>
        </div>
        {amend.problem === null || isAtField ? null : <Problem problem={amend.problem} />}
        <Button kind="main" type="submit" disabled={amend.isRunning || Object.keys(changes).length === 0}>
          {amend.isRunning ? 'Sending …' : 'Amend'}
        </Button>
      </form>
    </Dialog>
  );
}
