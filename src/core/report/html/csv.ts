import { formatTime } from '../../vocabulary/time.ts';
import type { Report } from '../report.ts';

type Cell = string | number | boolean | null;

/** A field by RFC 4180: quoted where it holds a quote, a comma or a line end. A missing value is empty. */
function field(value: Cell): string {
  if (value === null) return '';
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Header and rows with CRLF line ends. */
function csv(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  let text = '';
  for (const row of [header, ...rows]) text += `${row.map(field).join(',')}\r\n`;
  return text;
}

const time = (ms: number | null): string | null => (ms === null ? null : formatTime(ms));

/**
 * The report's tables as CSV text by file name: `equity.csv`, `returns.csv` (date and return, as quantstats reads it), `trades.csv`,
 * `fills.csv`. RFC 4180, times as RFC 3339 in UTC, numbers with a point and unrounded.
 */
export function reportCsv(report: Report): Record<'equity.csv' | 'returns.csv' | 'trades.csv' | 'fills.csv', string> {
  const { equity, returns, trades, fills } = report;
  return {
    'equity.csv': csv(
      ['time', 'strategy', 'benchmark', 'drawdown', 'exposure'],
      equity.timeMs.map((t, i) => [
        formatTime(t),
        equity.strategy[i] ?? null,
        equity.benchmark?.[i] ?? null,
        equity.drawdown[i] ?? null,
        equity.exposure[i] ?? null,
      ]),
    ),
    'returns.csv': csv(
      ['date', 'return'],
      returns.daily.timeMs.map((t, i) => [formatTime(t).slice(0, 10), returns.daily.value[i] ?? null]),
    ),
    'trades.csv': csv(
      [
        'id',
        'strategy',
        'instrument',
        'side',
        'open',
        'entry_time',
        'exit_time',
        'entry_price',
        'exit_price',
        'quantity',
        'profit',
        'profit_pct',
        'fees',
        'funding',
        'r',
        'mae_pct',
        'mfe_pct',
        'bars_held',
        'exit_role',
        'entry_order',
        'exit_order',
        'entry_why',
        'exit_why',
      ],
      trades.map((t) => [
        t.id,
        t.strategy,
        t.instrument,
        t.side,
        t.open,
        time(t.entryTimeMs),
        time(t.exitTimeMs),
        t.entryPrice,
        t.exitPrice,
        t.quantity,
        t.profit,
        t.profitPct,
        t.fees,
        t.funding ?? null,
        t.r,
        t.maePct,
        t.mfePct,
        t.barsHeld,
        t.exitRole,
        t.entryOrder,
        t.exitOrder,
        t.entryWhy,
        t.exitWhy,
      ]),
    ),
    'fills.csv': csv(
      [
        'seq',
        'time',
        'strategy',
        'instrument',
        'order',
        'side',
        'role',
        'quantity',
        'price',
        'fee',
        'fee_asset',
        'liquidity',
        'why',
        'causes',
      ],
      fills.map((f) => [
        f.seq,
        formatTime(f.timeMs),
        f.strategy,
        f.instrument,
        f.order,
        f.side,
        f.role,
        f.quantity,
        f.price,
        f.fee,
        f.feeAsset,
        f.liquidity,
        f.why,
        f.causes.join(' < '),
      ]),
    ),
  };
}
