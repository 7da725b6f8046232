import type { UpdateOf } from '../../../../src/api/client/client.ts';
import { type EventLine, useEvents } from '../../desk/events.ts';
import { count } from '../../format/numerals.ts';
import { timeText } from '../../format/times.ts';
import { textOf } from '../../format/words.ts';
import { Badge } from '../../parts/badge.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { useAppearance } from '../../theme/appearance.ts';
import { LimitsPanel } from '../overview/limits-panel.tsx';
import { OfSession } from '../overview/no-session.tsx';
import { LimitsTable } from './limits-table.tsx';
import { SetLimits } from './set-limits.tsx';
import { StatePanel } from './state-panel.tsx';
import { WhatIf } from './what-if.tsx';

/** What holds trading back, how much room is left, and what was refused. */
export function Risk() {
  return (
    <div className="grid items-start gap-3 xl:grid-cols-3">
      <h1 className="sr-only">Risk</h1>
      <StatePanel />
      <LimitsPanel isLinked={false} />
      <LimitsTable />
      <SetLimits />
      <WhatIf />
      <RefusalsPanel />
    </div>
  );
}

const REFUSED = new Set([
  'order-refused',
  'risk-limit-exceeded',
  'drawdown-threshold-reached',
  'trading-state-changed',
]);
const MOST = 1_000;
/** So far back is looked when the page opens. */
const LOOKED_AT = 5_000;

/** What was refused, oldest first. */
const refused = (known: readonly EventLine[] | null, { events }: UpdateOf<'events'>): readonly EventLine[] =>
  [...(known ?? []), ...events.filter(({ type }) => REFUSED.has(type))].slice(-MOST);

/** Orders that risk refused, newest first, from the session's events. */
function RefusalsPanel() {
  const { clock } = useAppearance();
  const view = useEvents(LOOKED_AT, refused, 'refused');
  const columns: readonly Column<EventLine>[] = [
    { name: 'Time', cell: ({ time }) => timeText(time, clock), width: '12rem' },
    {
      name: 'Rule',
      cell: ({ data }) => <Badge tone="bad">{textOf(data['code'] ?? data['limit'] ?? data['reason'])}</Badge>,
      width: 'minmax(10rem, 1fr)',
    },
    { name: 'What', isWide: true, cell: ({ text }) => <span title={text}>{text}</span>, width: 'minmax(12rem, 3fr)' },
  ];
  return (
    <Panel title="Refused by risk" isFlush className="xl:col-span-2">
      <OfSession missing="Here stands what risk refused in a session.">
        <Shown
          view={view}
          isEmpty={(events) => events.length === 0}
          empty={`Nothing was refused in the last ${count(LOOKED_AT)} events.`}
        >
          {(events) => (
            <DataTable
              label="Refusals"
              rows={events.toReversed()}
              columns={columns}
              rowKey={({ seq }) => seq}
              height={260}
            />
          )}
        </Shown>
      </OfSession>
    </Panel>
  );
}
