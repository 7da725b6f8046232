import type { Overlay } from '../../parts/price-chart/shape.ts';
import type { Frame } from './frame.ts';

const TOKENS = ['accent', 'warn', 'violet', 'good', 'bad', 'soft'] as const;

/** Lines of indicators: those in units of the price over the bars, every other indicator in a pane of its own. */
export function overlaysOf({ indicators }: Frame): readonly Overlay[] {
  let pane = 0;
  let colour = 0;
  return indicators.flatMap(({ indicator, title, unit, lines }) => {
    const own = unit === 'input' || unit === 'price' ? 0 : ++pane;
    return lines.map(({ name, values }) => ({
      id: `${indicator} ${name}`,
      name: lines.length === 1 ? indicator : `${title} ${name}`,
      token: TOKENS[colour++ % TOKENS.length]!,
      pane: own,
      values,
    }));
  });
}
