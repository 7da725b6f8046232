import { bollingerBands } from '../../src/core/indicators/volatility/bollinger-bands.ts';
import { indicatorRow } from '../indicator-row.ts';

export const row = indicatorRow('indicator-bollinger', bollingerBands, { length: 20, deviations: 2 }, 4.0, 'bollinger');
