import { useCurrentSession, useSessions } from '../../desk/current-session.ts';
import { useMoment } from '../../desk/moment.ts';
import { useAnswer } from '../../desk/use-view.ts';
import { timeText } from '../../format/times.ts';
import { textOf } from '../../format/words.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { useAppearance } from '../../theme/appearance.ts';
import { LimitsPanel } from '../overview/limits-panel.tsx';
import { LimitsTable } from './limits-table.tsx';
import { RearmForm } from './rearm-form.tsx';
import { SetLimits } from './set-limits.tsx';
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

const STATES: Readonly<Record<string, string>> = {
  pause: 'PAUSED',
  reduce: 'REDUCING',
  halt: 'HALTED',
  'cancel-all': 'HALTED, ORDERS CANCELED',
  flatten: 'HALTED, FLAT',
};

/** The trading state, large and in words, with each latch that makes it. */
function StatePanel() {
  const view = useSessions();
  const current = useCurrentSession();
  const { clock } = useAppearance();
  return (
    <Panel title="Trading state" className="xl:col-span-2">
      <Shown view={view} isEmpty={({ sessions }) => sessions.length === 0} empty="No session, so nothing trades.">
        {({ latches }) => {
          const strictest = current?.latched ?? null;
          return (
            <div className="space-y-3">
              <p className={`text-3xl font-bold ${strictest === null ? 'text-good' : 'text-bad'}`}>
                {strictest === null ? 'ACTIVE' : (STATES[strictest] ?? strictest.toUpperCase())}
                <span className="ml-3 text-base font-normal text-soft">session {current?.session}</span>
              </p>
              {latches.length === 0 ? (
                <p className="text-soft">
                  No kill holds anything. The switch is at the top left of every page; hold K opens it.
                </p>
              ) : (
                <ul className="space-y-3">
                  {latches.map((latch) => (
                    <li key={`${latch.scope} ${latch.target}`} className="rounded-md border border-bad/60 p-3">
                      <p className="flex flex-wrap items-center gap-2">
                        <Badge tone="bad">{latch.level}</Badge>
                        <strong>
                          {latch.scope}
                          {latch.target === '' || latch.scope === 'system' ? '' : ` ${latch.target}`}
                        </strong>
                        <span className="text-soft">
                          since {timeText(latch.time, clock)} by {latch.actor}: {latch.reason}
                        </span>
                      </p>
                      <RearmForm latch={latch} />
                    </li>
                  ))}
                </ul>
              )}
            </div>
          );
        }}
      </Shown>
    </Panel>
  );
}

/** Orders that risk refused, newest first, from the session's events. */
function RefusalsPanel() {
  const current = useCurrentSession();
  const { clock } = useAppearance();
  const { at } = useMoment();
  const view = useAnswer(
    current === null ? null : 'events',
    { session: current?.session ?? '', limit: 5_000, ...(at === null ? {} : { at }) },
    { everyMs: 5_000 },
  );
  const columns: readonly Column<Line>[] = [
    { name: 'Time', cell: ({ time }) => timeText(time, clock), width: '11rem' },
    {
      name: 'Rule',
      cell: ({ data }) => <Badge tone="bad">{textOf(data['code'] ?? data['limit'])}</Badge>,
      width: 'minmax(10rem, 1fr)',
    },
    { name: 'What', isWide: true, cell: ({ text }) => <span title={text}>{text}</span>, width: 'minmax(12rem, 3fr)' },
  ];
  return (
    <Panel
      title="Refused by risk"
      isFlush
      className="xl:col-span-2"
      actions={
        <Button size="small" onClick={view.again}>
          Look again
        </Button>
      }
    >
      <Shown
        view={view}
        again={view.again}
        isEmpty={({ events }) => refusals(events).length === 0}
        empty="Nothing was refused in the last 5,000 events."
      >
        {({ events }) => (
          <DataTable
            label="Refusals"
            rows={refusals(events)}
            columns={columns}
            rowKey={({ seq }) => seq}
            height={260}
          />
        )}
      </Shown>
    </Panel>
  );
}

interface Line {
  readonly seq: number;
  readonly time: string;
  readonly type: string;
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
}
const REFUSED = new Set([
  'order-refused',
  'risk-limit-exceeded',
  'drawdown-threshold-reached',
  'trading-state-changed',
]);
const refusals = (events: readonly Line[]): readonly Line[] =>
  events.filter(({ type }) => REFUSED.has(type)).toReversed();
