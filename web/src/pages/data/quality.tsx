import type { OutputOf } from '../../../../src/api/client/client.ts';
import { useAnswer } from '../../desk/use-view.ts';
import { count, percent } from '../../format/numerals.ts';
import { timeText } from '../../format/times.ts';
import { Badge } from '../../parts/badge.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Stat, Stats } from '../../parts/figure.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { useAppearance } from '../../theme/appearance.ts';

type Check = OutputOf<'data check'>;
type Finding = Check['findings'][number];

/** What a series is good for: coverage by month, gaps, findings. */
export function Quality({ series }: { readonly series: string }) {
  const view = useAnswer('data check', { source: series }, { staleMs: 60_000 });
  const { clock } = useAppearance();
  const columns: readonly Column<Finding>[] = [
    {
      name: 'Finding',
      cell: ({ code, severity }) => <Badge tone={severity === 'error' ? 'bad' : 'warn'}>{code}</Badge>,
      width: 'minmax(9rem, 1fr)',
    },
    { name: 'Time', cell: ({ time }) => timeText(time, clock, 'minute'), width: '9.5rem' },
    { name: 'Found', isWide: true, cell: ({ found }) => found, width: 'minmax(10rem, 2fr)' },
    { name: 'Expected', isWide: true, cell: ({ expected }) => expected, width: 'minmax(10rem, 2fr)' },
  ];
  return (
    <Panel title={`Quality of ${series}`}>
      <Shown view={view} again={view.again} lines={6}>
        {(check) => (
          <div className="space-y-4">
            <Stats>
              <Stat name="Bars" note={`of ${count(check.expected)}`}>
                {count(check.bars)}
              </Stat>
              <Stat name="Coverage">{percent(check.coverage)}</Stat>
              <Stat name="Gaps">{count(check.gaps.length)}</Stat>
              <Stat name="Errors">{count(check.errors)}</Stat>
              <Stat name="Warnings">{count(check.warnings)}</Stat>
            </Stats>
            <CoverageCalendar check={check} />
            {check.findings.length === 0 ? (
              <p className="text-good">✓ Nothing to find fault with.</p>
            ) : (
              <DataTable
                label="Findings"
                rows={check.findings}
                columns={columns}
                rowKey={(finding) => `${finding.code} ${finding.row}`}
                height={300}
              />
            )}
          </div>
        )}
      </Shown>
    </Panel>
  );
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Missing bars by month: each month a field, darker where it is complete. */
function CoverageCalendar({ check: { from, to, gaps, timeframe } }: { readonly check: Check }) {
  if (from === null || to === null || timeframe === null) return null;
  const stepMs = Number.parseInt(timeframe, 10) * (UNIT_MS[timeframe.at(-1)!] ?? Number.NaN);
  const months: { readonly name: string; readonly expected: number; missing: number }[] = [];
  const [first, last] = [new Date(from), new Date(to)];
  for (
    let month = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth(), 1));
    month <= last;
    month.setUTCMonth(month.getUTCMonth() + 1)
  ) {
    const next = new Date(month);
    next.setUTCMonth(next.getUTCMonth() + 1);
    const beginMs = Math.max(month.getTime(), first.getTime());
    const endMs = Math.min(next.getTime(), last.getTime() + stepMs);
    const missing = gaps.reduce((sum, gap) => {
      const overlapMs = Math.min(endMs, Date.parse(gap.to)) - Math.max(beginMs, Date.parse(gap.from));
      return sum + Math.max(0, overlapMs / stepMs);
    }, 0);
    months.push({ name: month.toISOString().slice(0, 7), expected: Math.max(1, (endMs - beginMs) / stepMs), missing });
  }
  return (
    <ul aria-label="Coverage by month" className="flex flex-wrap gap-1">
      {months.map(({ name, expected, missing }) => {
        const share = Math.max(0, Math.min(1, 1 - missing / expected));
        const text = `${name}: ${percent(share)}${missing === 0 ? '' : `, ${count(missing)} bars missing`}`;
        return (
          <li
            key={name}
            title={text}
            className={`figure rounded border px-1.5 py-0.5 text-xs ${share === 1 ? 'border-good/60 bg-good/15' : share > 0.98 ? 'border-warn/60 bg-warn/15' : 'border-bad/60 bg-bad/20'}`}
          >
            {name}
            <span className="sr-only">{text}</span>
            {share === 1 ? '' : ` ${percent(share)}`}
          </li>
        );
      })}
    </ul>
  );
}
