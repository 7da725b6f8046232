import { dataMissing, sharedData } from '../../test/shared-data.ts';
import { measureCommand } from '../cli-row.ts';
import type { BenchRow } from '../row.ts';

const FILE = 'ohlcv/binance/BTCUSDT_1h_2017-2024.csv.gz';

/** The whole command on seven years of hours: start, read the file, backtest, intervals, checks, report files. */
export const row: BenchRow = {
  name: 'backtest-58419-bars',
  unit: 's',
  target: 1.5,
  measure: () => {
    const path = sharedData(FILE);
    if (path === null) return { value: null, note: dataMissing(FILE) || '' };
    return measureCommand(['backtest', 'sma-cross', '--data', path], 3);
  },
};
