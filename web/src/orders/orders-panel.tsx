import { useState } from 'react';
import { useBook, useCurrentSession } from '../desk/current-session.ts';
import { useMoment } from '../desk/moment.ts';
import type { View } from '../desk/streams.ts';
import { useCommand } from '../desk/use-command.ts';
import { useSessionView } from '../desk/use-view.ts';
import { count, price, quantity } from '../format/numerals.ts';
import { timeText } from '../format/times.ts';
import { OfSession } from '../pages/overview/no-session.tsx';
import { Badge, type Tone } from '../parts/badge.tsx';
import { Button } from '../parts/button.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { ExportButton } from '../parts/export-button.tsx';
import { Side } from '../parts/figure.tsx';
import { Panel, Problem, Shown } from '../parts/panel.tsx';
import { rowsWith, useTableView } from '../parts/table-view.ts';
import { ViewBar } from '../parts/view-bar.tsx';
import { useAppearance } from '../theme/appearance.ts';
import { AmendDialog, type Order } from './amend-dialog.tsx';

const ENDED = 'ended ones, too';
const START = { filters: { [ENDED]: true } };
const REASON = 'at the desk';
const TONES: Readonly<Record<string, Tone>> = { filled: 'good', rejected: 'bad', refused: 'bad', expired: 'warn' };

/**
 * Orders of the session: every one that works, as its books have them, then the newest that have ended with what became of each. `ended`:
 * of how many orders, the newest; `height` in pixels.
 */
export function OrdersPanel({ ended: most, height }: { readonly ended: number; readonly height: number }) {
  const current = useCurrentSession();
  const { at } = useMoment();
  const { clock } = useAppearance();
  const session = current?.session ?? '';
  const viewed = useTableView('orders', START);
  const isAll = viewed.filters[ENDED] ?? true;
  const [amended, setAmended] = useState<Order | null>(null);
  const book = useBook();
  const past = useSessionView(current === null || !isAll ? null : 'orders', { session, all: true, limit: most });
  const working = book.phase === 'there' ? (book.data.book?.openOrders ?? []) : [];
  const open = new Set(working.map(({ order }) => order));
  const ended = isAll && past.phase === 'there' ? past.data.orders.filter(({ order }) => !open.has(order)) : [];
  const orders = [...working.toSorted((a, b) => b.time.localeCompare(a.time)), ...ended.toReversed()];
  // What works is shown before it is known what has ended.
  const view: View<unknown> = isAll && past.phase === 'loading' && working.length === 0 ? past : book;
  const rows = rowsWith(orders, viewed.text);
  const cancel = useCommand('order cancel', { done: ({ order }) => `${order} is asked to be canceled.` });
  const cancelAll = useCommand('order cancel-all', {
    done: ({ canceled }) => `${canceled} ${canceled === 1 ? 'order is' : 'orders are'} asked to be canceled.`,
  });
  const isHeld = at !== null || current?.running !== true;
  const badge = ({ status }: Order) => <Badge tone={TONES[status] ?? 'plain'}>{status}</Badge>;
  const columns: readonly Column<Order>[] = [
    {
      name: 'Time',
      isWide: true,
      cell: ({ time }) => timeText(time, clock),
      sortBy: ({ time }) => time,
      width: '11.5rem',
    },
    { name: 'Side', cell: ({ side }) => <Side side={side} />, width: '4rem' },
    {
      name: 'Instrument',
      isWide: true,
      cell: ({ instrument }) => instrument,
      sortBy: ({ instrument }) => instrument,
      width: 'minmax(7rem, 1fr)',
    },
    { name: 'Type', isWide: true, cell: ({ type }) => type, sortBy: ({ type }) => type, width: '5.5rem' },
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
    { name: 'Status', isWide: true, cell: badge, sortBy: ({ status }) => status, width: '7.5rem' },
    {
      name: 'Change',
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
              onClick={() => void cancel.run({ order: order.order, session, reason: REASON })}
            >
              Cancel
            </Button>
          </span>
        ) : (
          // Where there is no room for the status beside it.
          <span className="@3xl:hidden">{badge(order)}</span>
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
      unit={isAll ? `those that work, and what ended of the last ${count(most)}` : 'those that work'}
      isFlush
      actions={
        <>
          <label className="flex items-center gap-1 text-sm">
            <input
              type="checkbox"
              checked={isAll}
              onChange={({ target }) => viewed.change({ filters: { ...viewed.filters, [ENDED]: target.checked } })}
            />{' '}
            {ENDED}
          </label>
          <ViewBar view={viewed} columns={columns.map(({ name }) => name)} />
          <ExportButton name="orders" rows={rows} />
          <Button
            size="small"
            disabled={isHeld || open.size === 0 || cancelAll.isRunning}
            title="Protective stops and targets included"
            onClick={() => void cancelAll.run({ session, reason: REASON })}
          >
            Cancel all {open.size === 0 ? '' : open.size}
          </Button>
        </>
      }
    >
      <OfSession missing="Here stand the orders of a session.">
        <Shown
          view={view}
          isEmpty={() => rows.length === 0}
          empty={
            viewed.text !== ''
              ? 'No order is so.'
              : isAll
                ? 'No order yet: a ticket places one, and the strategy its own.'
                : 'No order works.'
          }
        >
          {() => (
            <DataTable
              label="Orders"
              rows={rows}
              columns={columns}
              rowKey={({ order }) => order}
              height={height}
              view={viewed}
            />
          )}
        </Shown>
      </OfSession>
      {isAll && past.phase === 'problem' ? <Problem problem={past.problem} /> : null}
      {amended === null ? null : (
        <AmendDialog key={amended.order} order={amended} session={session} onClose={() => setAmended(null)} />
      )}
    </Panel>
  );
}
