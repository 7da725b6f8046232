import { rsi } from '../../src/core/indicators/momentum/rsi.ts';
import { indicatorRow } from '../indicator-row.ts';

export const row = indicatorRow('indicator-rsi', rsi, { length: 14 }, 2.5, 'rsi');
