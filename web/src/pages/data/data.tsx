import { getRouteApi } from '@tanstack/react-router';
import type { OutputOf } from '../../../../src/api/client/client.ts';
import { useAnswer, useStream } from '../../desk/use-view.ts';
import { count, percent } from '../../format/numerals.ts';
import { timeText } from '../../format/times.ts';
import { Badge } from '../../parts/badge.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { OperationForm } from '../../parts/operation-form.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { useAppearance } from '../../theme/appearance.ts';
import { FileChoice } from './file-choice.tsx';
import { ImportPanel } from './import-panel.tsx';
import { Quality } from './quality.tsx';
import { useUpload } from './use-upload.ts';

type Series = OutputOf<'data status'>['series'][number];

const route = getRouteApi('/data');

/** Bars that there are to trade on: how complete, from where, and how to get more. */
export function Data() {
  const view = useStream('data status', { follow: true });
  const venues = useAnswer('venues', {});
  const { series: chosen } = route.useSearch() as { readonly series?: string };
  const navigate = route.useNavigate();
  const { clock } = useAppearance();
  const uploading = useUpload();
  const { chosen: file } = uploading;
  const show = (series: string): void =>
    void navigate({ search: ((known: object) => ({ ...known, series })) as never });
  const columns: readonly Column<Series>[] = [
    {
      name: 'Instrument',
      cell: ({ instrument }) => instrument,
      sortBy: ({ instrument }) => instrument,
      width: 'minmax(10rem, 1.5fr)',
    },
    { name: 'Bars of', cell: ({ timeframe }) => timeframe, sortBy: ({ timeframe }) => timeframe, width: '5rem' },
    { name: 'Bars', align: 'right', cell: ({ bars }) => count(bars), sortBy: ({ bars }) => bars },
    {
      name: 'Coverage',
      align: 'right',
      cell: ({ coverage, gaps }) => (
        <span className={gaps === 0 ? 'text-good' : 'text-warn'} title={`${gaps} gaps`}>
          {percent(coverage)}
        </span>
      ),
      sortBy: ({ coverage }) => coverage,
    },
    {
      name: 'Gaps',
      align: 'right',
      isWide: true,
      cell: ({ gaps }) => count(gaps),
      sortBy: ({ gaps }) => gaps,
      width: '5rem',
    },
    {
      name: 'From',
      isWide: true,
      cell: ({ from }) => timeText(from, clock, 'day'),
      sortBy: ({ from }) => from,
      width: '7rem',
    },
    { name: 'To', isWide: true, cell: ({ to }) => timeText(to, clock, 'day'), sortBy: ({ to }) => to, width: '7rem' },
    {
      name: 'Download',
      isWide: true,
      cell: ({ sync }) =>
        sync === null ? (
          <span className="text-soft">–</span>
        ) : (
          <Badge tone={sync.status === 'failed' ? 'bad' : 'plain'} title={sync.failure ?? ''}>
            {sync.status}
          </Badge>
        ),
      width: '7rem',
    },
  ];
  const nameOf = ({ instrument, timeframe }: Series): string => `${instrument}@${timeframe}`;
  return (
    <div className="grid items-start gap-3 xl:grid-cols-3">
      <h1 className="sr-only">Data</h1>
      {file === null ? null : (
        <ImportPanel
          uploading={{ ...uploading, chosen: file }}
          onDone={(series) => {
            uploading.clear();
            show(series);
          }}
        />
      )}
      <div className="min-w-0 space-y-3 xl:col-span-2">
        <Panel title="Catalogue" isFlush>
          <Shown
            view={view}
            isEmpty={({ series }) => series.length === 0}
            empty="The catalogue is empty: import a file, fetch bars from a venue, or make the synthetic market."
          >
            {({ series }) => (
              <DataTable
                label="Series"
                rows={series}
                columns={columns}
                rowKey={nameOf}
                rowLabel={(row) => `Quality of ${nameOf(row)}`}
                isChosen={(row) => nameOf(row) === chosen}
                onRow={(row) => show(nameOf(row))}
                height={420}
              />
            )}
          </Shown>
        </Panel>
        {chosen === undefined ? (
          <p className="text-center text-soft">Choose a series: here stand its coverage by month and its quality.</p>
        ) : (
          <Quality series={chosen} />
        )}
      </div>
      <div className="space-y-3">
        <FileChoice onFile={uploading.choose} />
        <Panel title="Fetch from a venue">
          <OperationForm
            name="data get"
            fields={['venue', 'symbol', 'timeframe', 'from', 'to']}
            choices={{
              venue:
                venues.phase === 'there'
                  ? venues.data.venues.filter(({ history }) => history.length > 0).map(({ name }) => name)
                  : [],
            }}
            submit="Fetch"
            done={() => 'Fetched and stored.'}
          />
        </Panel>
        <Panel title="Synthetic market">
          <p className="mb-2 text-sm text-soft">
            Made, not recorded: three instruments with trends, chop, crashes, gaps and halts.
          </p>
          <OperationForm
            name="data generate"
            fields={['seed']}
            submit="Make it"
            done={({ series }) => `${series.length} series made.`}
          />
        </Panel>
      </div>
    </div>
  );
}
