import { sma } from '../../src/core/indicators/averages/sma.ts';
import { indicatorRow } from '../indicator-row.ts';

export const row = indicatorRow('indicator-sma', sma, { length: 20 }, 1.5, 'sma');
