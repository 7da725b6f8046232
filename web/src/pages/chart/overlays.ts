import type { Overlay } from '../../parts/price-chart/shape.ts';
import type { Frame } from './frame.ts';

const TOKENS = ['accent', 'warn', 'violet', 'good', 'bad', 'soft'] as const;

/** Lines of indicators: those in units of the price over the bars, every other indicator in a pane of its own. */
export function overlaysOf({ indicators }: Frame): readonly Overlay[] {
  let pane = 0;
  let colour = 0;
  return indicators.flatMap(({ indicator, unit, lines }) => {
    const own = unit === 'input' || unit === 'price' ? 0 : ++pane;
    return lines.map(({ name, values }) => ({
      id: `${indicator} ${name}`,
      name: lines.length === 1 ? shortName(indicator) : `${shortName(indicator)} ${name}`,
      token: TOKENS[colour++ % TOKENS.length]!,
      pane: own,
      values,
    }));
  });
}

/** `ema:length=20,source=high` in few letters: ema 20 high. */
export function shortName(indicator: string): string {
  const [name, params = ''] = indicator.split(':');
  return [name, ...params.split(',').map((param) => param.slice(param.indexOf('=') + 1))].join(' ').trim();
}
