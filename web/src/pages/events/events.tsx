import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { type EventLine, useEvents } from '../../desk/events.ts';
import { useMoment } from '../../desk/moment.ts';
import { timeText } from '../../format/times.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { useTableView } from '../../parts/table-view.ts';
import { ViewBar } from '../../parts/view-bar.tsx';
import { useAppearance } from '../../theme/appearance.ts';
import { OfSession } from '../overview/no-session.tsx';
import { CausalTree } from './causal-tree.tsx';
import { isWanted, parseSearch } from './search.ts';
import { TimeTravel } from './time-travel.tsx';

const MOST = 2_000;
const route = getRouteApi('/events');

/** Everything that happened, why, and the desk as it stood at any time. */
export function Events() {
  const view = useEvents(MOST);
  const { q = '', event } = route.useSearch() as { readonly q?: string; readonly event?: string };
  const navigate = route.useNavigate();
  const viewed = useTableView('events', { text: q });
  const { text } = viewed;
  const wanted = useMemo(() => parseSearch(text), [text]);
  const { clock } = useAppearance();
  const { setAt } = useMoment();
  const chosen = event === undefined ? null : Number(event);
  const choose = (seq: number | null): void =>
    void navigate({
      search: ((known: object) => ({ ...known, event: seq === null ? undefined : String(seq) })) as never,
      replace: true,
    });
  const columns: readonly Column<EventLine>[] = [
    { name: '#', align: 'right', cell: ({ seq }) => seq, width: '4.5rem', sortBy: ({ seq }) => seq },
    { name: 'Time', cell: ({ time }) => timeText(time, clock), width: '12rem' },
    { name: 'Type', cell: ({ type }) => <Badge tone={toneOf(type)}>{type}</Badge>, width: '12rem' },
    {
      name: 'What',
      isWide: true,
      cell: ({ text: what }) => <span title={what}>{what}</span>,
      width: 'minmax(14rem, 4fr)',
    },
  ];
  return (
    <div className="grid items-start gap-3 xl:grid-cols-3">
      <h1 className="sr-only">Events</h1>
      <TimeTravel events={view.phase === 'there' ? view.data : []} />
      <Panel
        title="Events"
        isFlush
        className="xl:col-span-2"
        actions={
          <ViewBar
            view={viewed}
            columns={columns.map(({ name }) => name)}
            placeholder="type:order-filled  words  since:10m"
            isLong
          />
        }
      >
        <OfSession missing="Here stands all that happens in a session.">
          <Shown view={view} isEmpty={(events) => events.length === 0} empty="Nothing has happened yet.">
            {(events) => {
              const rows = events.filter((each) => isWanted(each, wanted)).toReversed();
              return rows.length === 0 ? (
                <p className="p-4 text-center text-soft">
                  None of the newest {events.length} events is so.{' '}
                  <Button size="small" onClick={() => viewed.change({ text: '' })}>
                    Show all
                  </Button>
                </p>
              ) : (
                <DataTable
                  label="Events"
                  rows={rows}
                  columns={columns}
                  rowKey={({ seq }) => seq}
                  rowLabel={({ seq, type }) => `Event ${seq}, ${type}`}
                  isChosen={({ seq }) => seq === chosen}
                  onRow={({ seq }) => choose(seq)}
                  height={560}
                  view={viewed}
                />
              );
            }}
          </Shown>
        </OfSession>
      </Panel>
      <Panel title="Causes">
        <OfSession missing="Here stands what an event of a session came from.">
          <Shown view={view}>
            {(events) =>
              chosen === null ? (
                <p className="text-soft">Choose an event: here stands what it came from, and what came of it.</p>
              ) : (
                <CausalTree events={events} seq={chosen} onChoose={choose} onAt={setAt} />
              )
            }
          </Shown>
        </OfSession>
      </Panel>
    </div>
  );
}

/** Colour beside the word, by what the event means. */
function toneOf(type: string): 'plain' | 'good' | 'bad' | 'warn' | 'accent' {
  if (/refused|rejected|failed|liquidated|exceeded/.test(type)) return 'bad';
  if (/anomaly|alert|state-changed|threshold/.test(type)) return 'warn';
  if (/filled|completed/.test(type)) return 'good';
  if (/^order|^signal/.test(type)) return 'accent';
  return 'plain';
}
