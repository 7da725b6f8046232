import { bars, defineStrategy, p, ta } from '../../src/index.ts';
export default defineStrategy({
  id: 'sma-cross',
  params: { fast: p.int(10, { min: 5, max: 50 }), slow: p.int(20, { min: 10, max: 200 }), stop: p.pct(0.05) },
  valid: ({ fast, slow }) => fast < slow,
  data: { main: bars('1d') },
  indicators: ({ params, data }) => ({
    cross: ta.cross(ta.sma(data.main.close, params.fast), ta.sma(data.main.close, params.slow)),
  }),
  onBar({ ind, position, params, buy }) {
    if (ind.cross.up) buy({ size: { pctEquity: 0.95 }, stop: { pct: params.stop }, why: 'fast above slow' });
    else if (ind.cross.down) position.close('fast below slow');
  },
});
