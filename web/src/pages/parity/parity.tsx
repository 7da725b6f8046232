import { useState } from 'react';
import type { OutputOf } from '../../../../src/api/client/client.ts';
import { useCurrentSession } from '../../desk/current-session.ts';
import { useAnswer } from '../../desk/use-view.ts';
import { money, price, quantity } from '../../format/numerals.ts';
import { duration, timeText } from '../../format/times.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Change, Side, Stat, Stats } from '../../parts/figure.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { useAppearance } from '../../theme/appearance.ts';
import { Attribution } from './attribution.tsx';
import { Divergence } from './divergence.tsx';

type Certificate = OutputOf<'parity'>;

/** A session beside what its backtest would have done on the same market. */
export function Parity() {
  const current = useCurrentSession();
  const [asked, setAsked] = useState<string | null>(null);
  const session = current?.session ?? null;
  const isAsked = asked !== null && asked === session;
  // It takes a while: asked for by hand, and kept.
  const view = useAnswer(
    isAsked ? 'parity' : null,
    { session: session ?? '', limit: 100 },
    { staleMs: Number.POSITIVE_INFINITY },
  );
  return (
    <div className="grid items-start gap-3 xl:grid-cols-2">
      <h1 className="sr-only">Parity</h1>
      <Panel
        title="Parity certificate"
        className="xl:col-span-2"
        actions={
          <Button
            kind="main"
            size="small"
            disabled={session === null}
            className="max-w-full"
            onClick={() => (isAsked ? view.again() : setAsked(session))}
          >
            <span className="truncate">{isAsked ? 'Certify again' : `Certify ${session ?? ''}`}</span>
          </Button>
        }
      >
        {isAsked ? (
          <Shown view={view} again={view.again} lines={4}>
            {(certificate) => <Verdict certificate={certificate} />}
          </Shown>
        ) : (
          <p className="text-soft">
            Engine, strategy and simulated venue run again over the market that this session recorded, never over its
            fills. What differs is told decision by decision, and the gap in profit is split into causes.
          </p>
        )}
      </Panel>
      {isAsked && view.phase === 'there' ? (
        <>
          <Attribution certificate={view.data} />
          <Divergence certificate={view.data} />
          <OrdersPanel certificate={view.data} />
        </>
      ) : null}
    </div>
  );
}

function Verdict({
  certificate: { gate, decisions, profit, currency, filledBy, tradesKept, data, statesVerified, begun, time },
}: {
  readonly certificate: Certificate;
}) {
  const { clock } = useAppearance();
  return (
    <div className="space-y-3">
      <p className={`text-2xl font-bold ${gate.passed ? 'text-good' : 'text-bad'}`}>
        {gate.passed ? '✓ Parity holds' : '✗ Parity is broken'}
      </p>
      {gate.because.map((reason) => (
        <p key={reason} className="text-bad">
          {reason}
        </p>
      ))}
      <Stats>
        <Stat name="Decisions the same" note={`${decisions.recorded} recorded, ${decisions.expected} expected`}>
          {decisions.same}
        </Stat>
        <Stat name="Profit expected" note={currency}>
          {money(profit.expected, { isSigned: true })}
        </Stat>
        <Stat name="Profit recorded" note={currency}>
          {money(profit.recorded, { isSigned: true })}
        </Stat>
        <Stat name="Gap" note={currency}>
          <Change value={profit.gap}>{money(profit.gap, { isSigned: true })}</Change>
        </Stat>
        <Stat name="States verified">{statesVerified}</Stat>
        <Stat name="Bars missing, late, different" note={`compared with ${data.reference}`}>
          {data.missing} / {data.late} / {data.different}
        </Stat>
      </Stats>
      <p className="text-sm text-soft">
        {timeText(begun, clock, 'minute')} to {timeText(time, clock, 'minute')}; filled by {filledBy}, trades kept:{' '}
        {tradesKept}. Gate: <code>{gate.expression}</code>
      </p>
    </div>
  );
}

type Order = Certificate['orders'][number];

/** Orders that fared otherwise, both sides beside each other. */
function OrdersPanel({ certificate: { orders, ordersDiffering } }: { readonly certificate: Certificate }) {
  const { clock } = useAppearance();
  const columns: readonly Column<Order>[] = [
    { name: 'Time', cell: ({ time }) => timeText(time, clock), width: '10.5rem' },
    { name: 'Side', cell: ({ side }) => <Side side={side} />, width: '4.5rem' },
    { name: 'Quantity', align: 'right', isWide: true, cell: (row) => quantity(row.quantity) },
    {
      name: 'Expected at',
      align: 'right',
      cell: ({ expected }) => (expected === null ? 'none' : price(expected.price)),
    },
    {
      name: 'Recorded at',
      align: 'right',
      cell: ({ recorded }) => (recorded === null ? 'none' : price(recorded.price)),
    },
    { name: 'Worse by', align: 'right', cell: ({ worsePrice }) => price(worsePrice) },
    { name: 'Later by', align: 'right', isWide: true, cell: ({ laterMs }) => duration(laterMs) },
    {
      name: 'Why',
      isWide: true,
      cell: ({ why }) => <span className="text-soft">{why}</span>,
      width: 'minmax(8rem, 2fr)',
    },
  ];
  return (
    <Panel
      title="Orders that fared otherwise"
      isFlush
      className="xl:col-span-2"
      actions={<Badge>{ordersDiffering}</Badge>}
    >
      {orders.length === 0 ? (
        <p className="p-4 text-center text-soft">None.</p>
      ) : (
        <DataTable
          label="Orders that fared otherwise"
          rows={orders}
          columns={columns}
          rowKey={(order) => JSON.stringify(order)}
          height={420}
        />
      )}
    </Panel>
  );
}
