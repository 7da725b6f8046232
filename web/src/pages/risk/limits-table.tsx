import { useState } from 'react';
import type { UpdateOf } from '../../../../src/api/client/client.ts';
import { useCurrentSession } from '../../desk/current-session.ts';
import type { View } from '../../desk/streams.ts';
import { useStream } from '../../desk/use-view.ts';
import { timeText } from '../../format/times.ts';
import { Badge } from '../../parts/badge.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { useAppearance } from '../../theme/appearance.ts';
import { inUnit, usageText } from '../overview/limits-panel.tsx';
import { OfSession } from '../overview/no-session.tsx';
import { nameOf, valueText } from './limit-names.ts';

type Shape = UpdateOf<'limits show'>;
type Limit = Shape['limits'][number];
type Own = Shape['own'][number];
type Usage = Shape['usage'][number];
type Change = Shape['changes'][number];

const named = ({ limit }: { readonly limit: string }) => (
  <span className="inline-block first-letter:uppercase" title={limit}>
    {nameOf(limit)}
  </span>
);

const LIMITS: readonly Column<Limit>[] = [
  { name: 'Limit', cell: named, sortBy: ({ limit }) => limit, width: 'minmax(10rem, 2fr)' },
  {
    name: 'Value',
    align: 'right',
    cell: ({ value, limit }) => <span className={value === null ? 'text-soft' : ''}>{valueText(limit, value)}</span>,
  },
  {
    name: 'From',
    cell: ({ isDefault, source }) => (
      <span title={source}>
        <Badge tone={isDefault ? 'plain' : 'accent'}>{source}</Badge>
      </span>
    ),
    width: 'minmax(6rem, 1fr)',
  },
];

const OWN: readonly Column<Own>[] = [
  { name: 'Whose', cell: ({ of }) => <span title={of}>{of}</span>, sortBy: ({ of }) => of },
  { name: 'Limit', cell: named, sortBy: ({ limit }) => limit, width: 'minmax(9rem, 2fr)' },
  { name: 'Value', align: 'right', cell: ({ value, limit }) => valueText(limit, value) },
  { name: 'From', isWide: true, cell: ({ source }) => source },
];

const share = ({ used, allowed }: Usage): number => (used === null || !allowed ? 0 : used / allowed);

const USAGE: readonly Column<Usage>[] = [
  { name: 'Limit', cell: named, sortBy: ({ limit }) => limit, width: 'minmax(9rem, 2fr)' },
  {
    name: 'Looked at for',
    isWide: true,
    cell: ({ of }) => <span title={of}>{of}</span>,
    sortBy: ({ of }) => of,
    width: 'minmax(9rem, 2fr)',
  },
  { name: 'Used', align: 'right', cell: (row) => usageText(row), sortBy: share, width: 'minmax(9rem, 1fr)' },
  {
    name: 'Room left',
    align: 'right',
    cell: ({ headroom, unit }) => (
      <span className={headroom !== null && headroom < 0 ? 'text-bad' : ''}>
        {headroom === null ? '–' : inUnit(headroom, unit)}
      </span>
    ),
  },
];

/** Every limit by its name, how far each is used, what has limits of its own, and who changed what. */
export function LimitsTable() {
  const current = useCurrentSession();
  const view: View<Shape> = useStream(current === null ? null : 'limits show', {
    session: current?.session ?? '',
    follow: true,
  });
  const [tab, setTab] = useState('force');
  return (
    <Panel
      title="Limits of the session"
      isOfNow
      isFlush
      className="xl:col-span-2"
      {...(view.phase === 'there' ? { unit: view.data.currency } : {})}
    >
      <OfSession missing="Here stand the limits of a session, by name.">
        <Shown view={view} lines={8}>
          {({ limits, usage, own, changes }) => (
            <Tabs
              label="Limits"
              value={tab}
              onChange={setTab}
              tabs={[
                {
                  id: 'force',
                  name: 'In force',
                  content: (
                    <DataTable
                      label="Limits"
                      rows={limits}
                      columns={LIMITS}
                      rowKey={({ limit }) => limit}
                      height={330}
                    />
                  ),
                },
                {
                  id: 'usage',
                  name: 'How far used',
                  content: (
                    <DataTable
                      label="How far limits are used"
                      rows={usage}
                      columns={USAGE}
                      rowKey={({ limit, of }) => `${limit} ${of}`}
                      height={330}
                    />
                  ),
                },
                {
                  id: 'own',
                  name: `Own (${own.length})`,
                  content:
                    own.length === 0 ? (
                      <p className="p-4 text-center text-soft">
                        No strategy and no instrument has limits of its own: the account’s hold for all of them.
                      </p>
                    ) : (
                      <DataTable
                        label="Limits of their own"
                        rows={own}
                        columns={OWN}
                        rowKey={({ limit, of }) => `${limit} ${of}`}
                        height={330}
                      />
                    ),
                },
                { id: 'changes', name: `Changes (${changes.length})`, content: <Changes changes={changes} /> },
              ]}
            />
          )}
        </Shown>
      </OfSession>
    </Panel>
  );
}

/** Who changed what and why, the newest first. */
function Changes({ changes }: { readonly changes: readonly Change[] }) {
  const { clock } = useAppearance();
  if (changes.length === 0)
    return <p className="p-4 text-center text-soft">Nobody has changed a limit since the session began.</p>;
  return (
    <ol className="max-h-80 space-y-2 overflow-y-auto p-3" tabIndex={0} aria-label="Changes of limits">
      {changes.toReversed().map(({ event, time, of, actor, reason, changes: each }) => (
        <li key={event} className="rounded-md border p-2 text-sm">
          <p className="flex flex-wrap items-center gap-x-2">
            <span className="figure">{timeText(time, clock)}</span>
            <span className="text-soft">{of}</span>
            <span className="min-w-0 break-words text-soft">
              by {actor}: {reason}
            </span>
          </p>
          <ul>
            {each.map(({ limit, before, after, isLooser }) => (
              <li key={limit} className="flex flex-wrap items-center gap-x-2">
                <span className="inline-block first-letter:uppercase">{nameOf(limit)}</span>
                <span className="figure">
                  {valueText(limit, before)} → {valueText(limit, after)}
                </span>
                <Badge tone={isLooser ? 'warn' : 'good'}>{isLooser ? 'looser' : 'stricter'}</Badge>
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ol>
  );
}
