import type { FundingHistory } from '../../core/exchange/funding.ts';
import { Failure } from '../failures.ts';
import type { World } from '../world.ts';
import { timeOfCell } from './time-cell.ts';

/** More than this at one funding time is a percentage that was written as a fraction. */
const HIGHEST_RATE = 0.1;

/** Reads recorded funding: CSV with the columns `time` and `rate`, oldest first. Throws {@link Failure} with file and line. */
export function readFunding(path: string, world: World): FundingHistory {
  const text = world.files.read(path);
  if (text === null)
    throw new Failure('file-not-found', `there is no file ${path}`, { details: { file: path, field: 'funding' } });
  const lines = text.split(/\r?\n/);
  const columns = (lines[0] ?? '').split(',').map((name) => name.trim().toLowerCase());
  const [timeAt, rateAt] = [columns.indexOf('time'), columns.indexOf('rate')];
  if (timeAt < 0 || rateAt < 0)
    throw new Failure(
      'columns-unknown',
      `${path}:1: expected the columns time and rate, found ${columns.join(' | ')}`,
      {
        hint: 'Its first line reads time,rate; a rate of 0.0001 is 0.01 % of the position’s value.',
        details: { file: path, line: 1, field: 'funding', found: columns.join(',') },
      },
    );
  const timesMs: number[] = [];
  const rates: number[] = [];
  for (const [i, line] of lines.entries()) {
    if (i === 0 || line.trim() === '') continue;
    const cells = line.split(',').map((cell) => cell.trim());
    const place = { file: path, line: i + 1, field: 'funding' };
    const timeMs = timeOfCell(cells[timeAt] ?? '');
    if (timeMs === null || timeMs <= (timesMs.at(-1) ?? Number.NEGATIVE_INFINITY))
      throw new Failure(
        'bad-time',
        `${path}:${i + 1}: expected a time after that of the row before, found ${JSON.stringify(cells[timeAt] ?? '')}`,
        { details: place },
      );
    const cell = cells[rateAt] ?? '';
    const rate = cell === '' ? Number.NaN : Number(cell);
    if (!(Math.abs(rate) <= HIGHEST_RATE))
      throw new Failure(
        'bad-number',
        `${path}:${i + 1}: expected a rate as a fraction of at most ±${HIGHEST_RATE}, found ${JSON.stringify(cell)}`,
        { hint: 'A funding rate of 0.01 % is 0.0001.', details: place },
      );
    timesMs.push(timeMs);
    rates.push(rate);
  }
  if (timesMs.length === 0)
    throw new Failure('file-empty', `${path}: no rates`, { details: { file: path, field: 'funding' } });
  return { timesMs: Float64Array.from(timesMs), rates: Float64Array.from(rates) };
}
