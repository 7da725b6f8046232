import type { Bars } from '../indicators/bars.ts';
import type { BarRule, DataSpecs } from '../strategy/data.ts';
import type { Instrument } from '../vocabulary/instrument.ts';
import { timeframe } from '../vocabulary/time.ts';
import type { CutRule } from './derive-bars.ts';
import type { Feed } from './feed.ts';

/**
 * The bars behind a strategy's declared feeds. A feed without a symbol is the first instrument's. Throws RangeError naming the
 * feed, what it asks for and what there is.
 */
export function bindData(
  strategy: string,
  specs: DataSpecs,
  feeds: readonly Feed[],
  instruments: readonly Instrument[],
  visible: readonly string[] | undefined,
): Record<string, Bars | readonly Bars[]> {
  const seen = visible
    ? visible.map((id) => {
        const instrument = instruments.find((i) => i.id === id);
        if (!instrument)
          throw new RangeError(
            `strategy ${strategy}: no instrument ${id}; there are ${instruments.map((i) => i.id).join(', ')}`,
          );
        return instrument;
      })
    : instruments;
  const barsOf = (name: string, instrument: Instrument, rule: BarRule, view: 'plain' | 'heikin-ashi'): Bars => {
    const feed = feeds.find((f) => f.instrument === instrument.index);
    if (!feed) throw new RangeError(`strategy ${strategy}: feed ${name}: there is no data for ${instrument.id}`);
    const cut: CutRule = rule.by === 'run' ? { by: 'time', tf: feed.runTimeframe.text } : rule;
    try {
      return feed.bars(cut, view, cut.by === 'time' ? timeframe(cut.tf) : null);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new RangeError(`strategy ${strategy}: feed ${name}: ${error.message}`, { cause: error });
    }
  };
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => {
      if (spec.kind === 'universe') return [name, seen.map((i) => barsOf(name, i, spec.rule, 'plain'))];
      const { symbol } = spec;
      const instrument = symbol === undefined ? seen[0] : seen.find((i) => i.symbol === symbol || i.id === symbol);
      if (!instrument)
        throw new RangeError(
          `strategy ${strategy}: feed ${name} asks for ${symbol ?? 'an instrument'}; there are ${seen.map((i) => i.symbol).join(', ')}`,
        );
      return [name, barsOf(name, instrument, spec.rule, spec.view)];
    }),
  );
}
