import { ema } from '../../src/core/indicators/averages/ema.ts';
import { indicatorRow } from '../indicator-row.ts';

export const row = indicatorRow('indicator-ema', ema, { length: 20 }, 1.6, 'ema');
