import type { ReactNode } from 'react';
import { useCurrentSession } from '../../desk/current-session.ts';
import { useStream } from '../../desk/use-view.ts';
import { count, money, percent, price, quantity } from '../../format/numerals.ts';
import { timeText } from '../../format/times.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { ExportButton } from '../../parts/export-button.tsx';
import { Change } from '../../parts/figure.tsx';
import { wordsOf } from '../../parts/operation-form.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { rowsWith, useTableView } from '../../parts/table-view.ts';
import { ViewBar } from '../../parts/view-bar.tsx';
import { useAppearance } from '../../theme/appearance.ts';
import { OfSession } from '../overview/no-session.tsx';

type Row = Readonly<Record<string, string | number | boolean | null>>;

const HIDDEN = new Set(['session', 'seq', 'id']);

interface Look {
  readonly cell: (value: Row[string]) => ReactNode;
  readonly width: string;
  readonly align: 'left' | 'right';
}

type Amount = string | number | null;
const NUMBER = { width: '7.5rem', align: 'right' } as const;
const AS_PRICE: Look = { ...NUMBER, cell: (value) => price(value as Amount) };
const AS_MONEY: Look = { ...NUMBER, cell: (value) => money(value as Amount) };
const AS_PROFIT: Look = {
  ...NUMBER,
  cell: (value) => <Change value={value as Amount}>{money(value as Amount, { isSigned: true })}</Change>,
};
const WORDS: Look = {
  cell: (value) => <span title={String(value ?? '')}>{String(value ?? '–')}</span>,
  ...{ width: '8rem', align: 'left' },
};
const LONG_WORDS: Look = { ...WORDS, width: 'minmax(13rem, 1fr)' };

/** How the columns of the stored table are shown; what is not named, as words. */
const LOOKS: Readonly<Record<string, Look>> = {
  instrument: { ...WORDS, width: '11rem' },
  number: { cell: (value) => count(value as Amount), width: '5rem', align: 'right' },
  side: { cell: (value) => <Way way={String(value)} />, width: '5rem', align: 'left' },
  quantity: { ...NUMBER, cell: (value) => quantity(value as Amount) },
  ...{ entry_price: AS_PRICE, exit_price: AS_PRICE, fees: AS_MONEY, funding: AS_MONEY },
  ...{ gross_profit: AS_PROFIT, profit: AS_PROFIT },
  profit_ratio: { ...NUMBER, cell: (value) => percent(value as Amount, { isSigned: true }) },
  ...{ entry_order: LONG_WORDS, exit_order: LONG_WORDS, entry_why: LONG_WORDS, exit_why: LONG_WORDS },
};

/** Long or short, by its arrow, too. */
const Way = ({ way }: { readonly way: string }) => <Change value={way === 'short' ? -1 : 1}>{way}</Change>;

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
    .map((name) => {
      const time: Look = { cell: (value) => timeText(value as number | null, clock), width: '12rem', align: 'left' };
      const { cell, ...look } = name.endsWith('_ms') ? time : (LOOKS[name] ?? WORDS);
      return {
        name: wordsOf(name.replace(/_ms$/, '').replaceAll('_', ' ')),
        ...look,
        cell: (row) => cell(row[name] ?? null),
        sortBy: (row) => row[name] as number | string,
      };
    });
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
