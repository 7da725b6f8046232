import type { ReactNode } from 'react';
import type { ImportTrial } from '../../../../src/api/dry-run.ts';
import { count, price, quantity } from '../../format/numerals.ts';
import { timeText } from '../../format/times.ts';
import { Badge } from '../../parts/badge.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Stat, Stats } from '../../parts/figure.tsx';
import { useAppearance } from '../../theme/appearance.ts';

const UNITS: Readonly<Record<string, string>> = {
  s: 'seconds',
  ms: 'milliseconds',
  us: 'microseconds',
  ns: 'nanoseconds',
};
const STEPS: Readonly<Record<string, string>> = {
  'columns-unknown': 'Choose a column for each field above.',
  'data-conflict': 'Say above what a bar does that is stored with other values.',
};

/** What an import would do, or why it cannot. */
export function Verdict({ trial }: { readonly trial: ImportTrial }) {
  const { refusal, change, bars, instrument, timeframe, findings } = trial;
  if (refusal !== null || change === null) {
    const isUnsorted = findings.some(({ code }) => code === 'bar-out-of-order');
    const step = isUnsorted
      ? 'If the file is only unsorted, tick Sort above.'
      : refusal === null || refusal.code === 'data-invalid'
        ? 'The findings below say where. Correct the columns, or the file.'
        : (STEPS[refusal.code] ?? refusal.hint);
    return (
      <div role="status" className="space-y-1 rounded-md border border-bad/60 bg-bad/5 p-2 break-words">
        <Badge tone="bad">{refusal?.code ?? 'refused'}</Badge> {refusal?.message}
        <p className="text-soft">{step}</p>
      </div>
    );
  }
  const { isNew, inserted, unchanged, replaced, kept, stored } = change;
  const parts = [
    `${count(inserted)} of ${count(bars)} bars are new`,
    ...(unchanged > 0 ? [`${count(unchanged)} are stored already`] : []),
    ...(replaced > 0 ? [`${count(replaced)} replace others`] : []),
    ...(kept > 0 ? [`${count(kept)} give way to those stored`] : []),
  ];
  return (
    <div role="status" className="rounded-md border border-good/60 bg-good/5 p-2 break-words">
      <Badge tone="good">can be imported</Badge> {isNew ? 'Makes the series' : 'Adds to the series'}{' '}
      <span className="figure">
        {instrument}@{timeframe}
      </span>
      : {parts.join(', ')}; it has {count(stored)} bars then.
    </div>
  );
}

/** How a file is read: what was told from it, its first rows as they stand and as they are read, what is wrong with it. */
export function Preview({ trial }: { readonly trial: ImportTrial }) {
  const { clock } = useAppearance();
  const { timeUnit, bars, errors, warnings, format, compression, bytes } = trial;
  return (
    <div className="space-y-4">
      <Stats>
        <Stat name="Series">
          <span title={trial.instrument}>{trial.instrument}</span>
        </Stat>
        <Stat name="Bars of">{trial.timeframe ?? '–'}</Stat>
        <Stat name="Bars">{count(bars)}</Stat>
        <Stat name="From" note={trial.from === null ? undefined : timeText(trial.from, clock, 'time')}>
          {timeText(trial.from, clock, 'day')}
        </Stat>
        <Stat name="To" note={trial.to === null ? undefined : timeText(trial.to, clock, 'time')}>
          {timeText(trial.to, clock, 'day')}
        </Stat>
        <Stat name="Times in">
          {timeUnit === null ? (bars === null ? '–' : 'words') : (UNITS[timeUnit] ?? timeUnit)}
        </Stat>
        <Stat name="File" note={`${count(bytes)} bytes`}>
          {compression === null ? format : `${format}, ${compression}`}
        </Stat>
        <Stat name="Errors">{bars === null ? '–' : count(errors)}</Stat>
        <Stat name="Warnings">{bars === null ? '–' : count(warnings)}</Stat>
      </Stats>
      <Findings trial={trial} />
      <div className="grid gap-4 lg:grid-cols-2">
        <AsItStands trial={trial} />
        <AsRead trial={trial} />
      </div>
    </div>
  );
}

type Finding = ImportTrial['findings'][number];

function Findings({ trial: { findings, counts, bars, firstLine } }: { readonly trial: ImportTrial }) {
  const { clock } = useAppearance();
  if (bars === null) return null;
  if (findings.length === 0) return <p className="text-good">✓ Nothing to find fault with.</p>;
  const columns: readonly Column<Finding>[] = [
    {
      name: 'Finding',
      cell: ({ code, severity }) => <Badge tone={severity === 'error' ? 'bad' : 'warn'}>{code}</Badge>,
      width: 'minmax(9rem, 1fr)',
    },
    {
      name: firstLine === null ? 'Row' : 'Line',
      align: 'right',
      cell: ({ line, row }) => count(line ?? row + 1),
      width: '5rem',
    },
    { name: 'Time', isWide: true, cell: ({ time }) => timeText(time, clock, 'minute'), width: '9.5rem' },
    { name: 'Found', cell: ({ found }) => found, width: 'minmax(8rem, 2fr)' },
    { name: 'Expected', isWide: true, cell: ({ expected }) => expected, width: 'minmax(10rem, 2fr)' },
  ];
  const all = Object.values(counts).reduce((sum, each) => sum + each, 0);
  return (
    <div>
      <h3 className="mb-1 font-medium">
        Findings{' '}
        {all > findings.length ? (
          <span className="text-xs font-normal text-soft">
            {count(findings.length)} of {count(all)}
          </span>
        ) : null}
      </h3>
      <DataTable
        label="Findings of the file"
        rows={findings}
        columns={columns}
        rowKey={({ code, row, found }) => `${code} ${row} ${found}`}
        height={Math.min(240, 40 + 32 * findings.length)}
      />
    </div>
  );
}

/** A small table that scrolls sideways where it is wider than its place. */
function Sheet({ title, head, rows }: { readonly title: string; readonly head: ReactNode; readonly rows: ReactNode }) {
  return (
    <div className="min-w-0">
      <h3 className="mb-1 font-medium">{title}</h3>
      <section aria-label={title} tabIndex={0} className="overflow-x-auto rounded-md border">
        <table className="figure w-full text-right text-sm whitespace-nowrap">
          <thead className="border-b bg-raised text-xs">{head}</thead>
          <tbody>{rows}</tbody>
        </table>
      </section>
    </div>
  );
}

const CELL = 'px-2 py-1';

function AsItStands({ trial: { columns, rows, firstLine } }: { readonly trial: ImportTrial }) {
  return (
    <Sheet
      title="As it stands in the file"
      head={
        <tr>
          <th scope="col" className={CELL}>
            {firstLine === null ? 'Row' : 'Line'}
          </th>
          {columns.map(({ position, header, field }) => (
            <th key={position} scope="col" className={CELL}>
              <span className="block">{header ?? `column ${position}`}</span>
              <span className={`block font-normal ${field === null ? 'text-soft' : 'text-accent'}`}>
                {field ?? 'left out'}
              </span>
            </th>
          ))}
        </tr>
      }
      rows={rows.map((cells, k) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of a file is known by its place.
        <tr key={k} className="border-b last:border-0">
          <th scope="row" className={`${CELL} font-normal text-soft`}>
            {(firstLine ?? 1) + k}
          </th>
          {columns.map(({ position, field }) => (
            <td key={position} className={`${CELL} ${field === null ? 'text-soft' : ''}`}>
              {cells[position - 1] ?? ''}
            </td>
          ))}
        </tr>
      ))}
    />
  );
}

const READ = ['open', 'high', 'low', 'close', 'volume'] as const;

function AsRead({ trial: { first, bars } }: { readonly trial: ImportTrial }) {
  const { clock } = useAppearance();
  if (bars === null) return null;
  return (
    <Sheet
      title="As it is read"
      head={
        <tr>
          {['time', ...READ].map((name) => (
            <th key={name} scope="col" className={CELL}>
              {name}
            </th>
          ))}
        </tr>
      }
      rows={first.map((bar, k) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows that are out of order may have one time twice.
        <tr key={k} className="border-b last:border-0">
          <td className={CELL}>{timeText(bar.time, clock)}</td>
          {READ.map((field) => (
            <td key={field} className={CELL}>
              {bar[field] === null ? 'no number' : (field === 'volume' ? quantity : price)(bar[field])}
            </td>
          ))}
        </tr>
      ))}
    />
  );
}
