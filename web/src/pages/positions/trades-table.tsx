import { useCurrentSession } from '../../desk/current-session.ts';
import { useStream } from '../../desk/use-view.ts';
import { timeText } from '../../format/times.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { ExportButton } from '../../parts/export-button.tsx';
import { wordsOf } from '../../parts/operation-form.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { rowsWith, useTableView } from '../../parts/table-view.ts';
import { ViewBar } from '../../parts/view-bar.tsx';
import { useAppearance } from '../../theme/appearance.ts';
import { OfSession } from '../overview/no-session.tsx';

type Row = Readonly<Record<string, string | number | boolean | null>>;

const HIDDEN = new Set(['session', 'seq', 'id']);

/** Round trips as they are kept in the tables of the installation. */
export function TradesTable() {
  const current = useCurrentSession();
  const { clock } = useAppearance();
  const view = useStream(current === null ? null : 'query', {
    ...{ table: 'trades', session: current?.session ?? '', limit: 5_000 },
    follow: true,
  });
  const viewed = useTableView('trades');
  const rows = rowsWith(view.phase === 'there' ? view.data.rows : [], viewed.text);
  const names = view.phase === 'there' ? view.data.columns.map(({ name }) => name) : [];
  const columns: readonly Column<Row>[] = names
    .filter((name) => !HIDDEN.has(name))
    .map((name) => ({
      name: wordsOf(name.replace(/_ms$/, '').replaceAll('_', ' ')),
      align: name.endsWith('_ms') || names.length === 0 ? 'left' : 'right',
      width: name.endsWith('_ms') ? '12rem' : 'minmax(6rem, 1fr)',
      cell: (row) => (name.endsWith('_ms') ? timeText(row[name] as number | null, clock) : String(row[name] ?? '–')),
      sortBy: (row) => row[name] as number | string,
    }));
  return (
    <Panel
      title="Round trips"
      isOfNow
      isFlush
      actions={
        <>
          <ViewBar view={viewed} columns={columns.map(({ name }) => name)} />
          <ExportButton name="trades" rows={rows} />
        </>
      }
    >
      <OfSession missing="Here stand the round trips of a session.">
        <Shown
          view={view}
          isEmpty={() => rows.length === 0}
          empty={viewed.text === '' ? 'No position was closed yet.' : 'No round trip is so.'}
        >
          {() => (
            <DataTable
              label="Round trips"
              rows={rows}
              columns={columns}
              rowKey={(row) => JSON.stringify(row)}
              height={600}
              view={viewed}
            />
          )}
        </Shown>
      </OfSession>
    </Panel>
  );
}
