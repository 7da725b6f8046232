import { useCurrentSession } from '../../desk/current-session.ts';
import { useAnswer } from '../../desk/use-view.ts';
import { timeText } from '../../format/times.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { ExportButton } from '../../parts/export-button.tsx';
import { wordsOf } from '../../parts/operation-form.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { useAppearance } from '../../theme/appearance.ts';

type Row = Readonly<Record<string, string | number | boolean | null>>;

const EVERY_MS = 5_000;
const HIDDEN = new Set(['session', 'seq', 'id']);

/** Round trips as they are kept in the tables of the installation. */
export function TradesTable() {
  const current = useCurrentSession();
  const { clock } = useAppearance();
  const view = useAnswer(
    current === null ? null : 'query',
    { table: 'trades', session: current?.session ?? '', limit: 5_000 },
    current?.running === true ? { everyMs: EVERY_MS } : {},
  );
  const columnsOf = (names: readonly string[]): readonly Column<Row>[] =>
    names
      .filter((name) => !HIDDEN.has(name))
      .map((name) => ({
        name: wordsOf(name.replace(/_ms$/, '').replaceAll('_', ' ')),
        align: name.endsWith('_ms') || names.length === 0 ? 'left' : 'right',
        width: name.endsWith('_ms') ? '10.5rem' : 'minmax(6rem, 1fr)',
        cell: (row) => (name.endsWith('_ms') ? timeText(row[name] as number | null, clock) : String(row[name] ?? '–')),
        sortBy: (row) => row[name] as number | string,
      }));
  return (
    <Panel
      title="Round trips"
      isOfNow
      isFlush
      actions={<ExportButton name="trades" rows={view.phase === 'there' ? view.data.rows : []} />}
    >
      <Shown
        view={view}
        again={view.again}
        isEmpty={({ rows }) => rows.length === 0}
        empty="No position was closed yet."
      >
        {({ rows, columns }) => (
          <DataTable
            label="Round trips"
            rows={rows}
            columns={columnsOf(columns.map(({ name }) => name))}
            rowKey={(row) => JSON.stringify(row)}
            height={600}
          />
        )}
      </Shown>
    </Panel>
  );
}
