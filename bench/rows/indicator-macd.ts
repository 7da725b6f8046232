import { macd } from '../../src/core/indicators/momentum/macd.ts';
import { indicatorRow } from '../indicator-row.ts';

export const row = indicatorRow('indicator-macd', macd, { fast: 12, slow: 26, signal: 9 }, 2.8, 'macd');
