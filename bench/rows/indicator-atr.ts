import { atr } from '../../src/core/indicators/volatility/atr.ts';
import { indicatorRow } from '../indicator-row.ts';

export const row = indicatorRow('indicator-atr', atr, { length: 14 }, 2.8, 'atr');
