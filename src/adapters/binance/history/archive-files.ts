import {
  civilDate,
  civilToMs,
  DAY_MS,
  formatDay,
  parseTimeframe,
  type Timeframe,
  type TimeMs,
} from '../../../core/vocabulary/time.ts';
import type { BinanceProduct } from '../errors.ts';

/** What the archive holds: bars, single trades, aggregate trades. */
export type ArchiveKind = 'klines' | 'trades' | 'aggTrades';

/** One zip of the public archive, with its checksum beside it. */
export interface ArchiveFile {
  readonly url: string;
  /** Text of the form `<sha256 in hex>  <file name>`. */
  readonly checksumUrl: string;
  readonly name: string;
  /** The first and the last instant of its rows: [fromMs, toMs). */
  readonly fromMs: TimeMs;
  readonly toMs: TimeMs;
}

export interface ArchiveRequest {
  readonly product: BinanceProduct;
  readonly kind: ArchiveKind;
  /** Upper case: `BTCUSDT`. */
  readonly symbol: string;
  /** Of klines. */
  readonly timeframe?: Timeframe;
  readonly fromMs: TimeMs;
  readonly toMs: TimeMs;
  /** Months and days that end later are not there yet: the venue publishes a day the day after. */
  readonly nowMs: TimeMs;
}

const ARCHIVE = 'https://data.binance.vision/data';
const FOLDERS: Readonly<Record<BinanceProduct, string>> = { spot: 'spot', usdm: 'futures/um' };
/** Publication of a month takes until some days into the next one. */
const MONTH_LATER_MS = 5 * DAY_MS;
const DAY_LATER_MS = DAY_MS;
const FEW_DAYS_MS = 3 * DAY_MS;

/**
 * Files that cover [fromMs, toMs), oldest first and without overlap: whole months where they are published, days for the rest. A file may
 * hold rows outside the range, and what is too new for the archive is in none.
 */
export function archiveFiles(request: ArchiveRequest): readonly ArchiveFile[] {
  const { fromMs, toMs, nowMs } = request;
  const files: ArchiveFile[] = [];
  let dayMs = Math.floor(fromMs / DAY_MS) * DAY_MS;
  while (dayMs < toMs) {
    const [year, month] = civilDate(dayMs);
    const monthMs = civilToMs(year, month, 1);
    const nextMs = month === 12 ? civilToMs(year + 1, 1, 1) : civilToMs(year, month + 1, 1);
    if (nextMs + MONTH_LATER_MS <= nowMs && isWorthAMonth(request, Math.max(monthMs, fromMs), Math.min(nextMs, toMs))) {
      files.push(archiveFile(request, 'monthly', monthMs, nextMs));
      dayMs = nextMs;
    } else {
      if (hasNoDays(request) || dayMs + DAY_MS + DAY_LATER_MS > nowMs) break;
      files.push(archiveFile(request, 'daily', dayMs, dayMs + DAY_MS));
      dayMs += DAY_MS;
    }
  }
  return files;
}

/** Bars of more than a day are published by month only. */
function hasNoDays({ kind, timeframe }: ArchiveRequest): boolean {
  const spec = kind === 'klines' && timeframe !== undefined ? parseTimeframe(timeframe) : null;
  return spec !== null && (spec.unit === 'mo' || spec.ms > DAY_MS);
}

/** For a few days a whole month is too much to fetch. */
function isWorthAMonth(request: ArchiveRequest, fromMs: TimeMs, toMs: TimeMs): boolean {
  return hasNoDays(request) || toMs - fromMs > FEW_DAYS_MS;
}

function archiveFile(request: ArchiveRequest, period: 'monthly' | 'daily', fromMs: TimeMs, toMs: TimeMs): ArchiveFile {
  const { product, kind, symbol, timeframe } = request;
  if (kind === 'klines' && timeframe === undefined) throw new RangeError('expected a timeframe for klines, found none');
  const date = period === 'monthly' ? formatDay(fromMs).slice(0, 7) : formatDay(fromMs);
  const folder = kind === 'klines' ? `${kind}/${symbol}/${timeframe}` : `${kind}/${symbol}`;
  const name = `${symbol}-${kind === 'klines' ? timeframe : kind}-${date}.zip`;
  const url = `${ARCHIVE}/${FOLDERS[product]}/${period}/${folder}/${name}`;
  return { url, checksumUrl: `${url}.CHECKSUM`, name, fromMs, toMs };
}
