import { useCurrentSession } from '../../desk/current-session.ts';
import { useStream } from '../../desk/use-view.ts';
import { Badge } from '../../parts/badge.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { wordsOf } from '../../parts/operation-form.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';

interface Limit {
  readonly limit: string;
  readonly value: unknown;
  readonly isDefault: boolean;
}

const UNITS: readonly (readonly [RegExp, string])[] = [
  [/Pct$/, '%'],
  [/Ms$/, 'ms'],
  [/Days$/, 'days'],
  [/Lots$/, 'lots'],
  [/Quote$/, 'quote'],
  [/Ratio$/, '×'],
];

const unitOf = (name: string): string => UNITS.find(([ending]) => ending.test(name))?.[1] ?? '';
const nameOf = (name: string): string => wordsOf(name.replace(/(Pct|Ms|Ratio)$/, ''));

const COLUMNS: readonly Column<Limit>[] = [
  {
    name: 'Limit',
    cell: ({ limit }) => (
      <span className="first-letter:uppercase" title={limit}>
        {nameOf(limit)}
      </span>
    ),
    sortBy: ({ limit }) => limit,
    width: 'minmax(10rem, 2fr)',
  },
  {
    name: 'Value',
    align: 'right',
    cell: ({ value, limit }) =>
      value === null ? <span className="text-soft">off</span> : `${String(value)} ${unitOf(limit)}`,
  },
  {
    name: 'From',
    cell: ({ isDefault }) => <Badge tone={isDefault ? 'plain' : 'accent'}>{isDefault ? 'default' : 'set'}</Badge>,
    width: '6rem',
  },
];

/** Every limit, by what it is called in a limits file. */
export function LimitsTable() {
  const current = useCurrentSession();
  const view = useStream(current === null ? null : 'limits show', { session: current?.session ?? '', follow: true });
  return (
    <Panel title="Limits in force" isFlush className="xl:col-span-2">
      <Shown view={view} lines={8}>
        {({ limits }) => (
          <DataTable label="Limits" rows={limits} columns={COLUMNS} rowKey={({ limit }) => limit} height={330} />
        )}
      </Shown>
    </Panel>
  );
}
