import { nests } from '../../../../src/core/market/roll-up-rules.ts';
import { timeframe } from '../../../../src/core/vocabulary/time.ts';
import { useCurrentSession } from '../../desk/current-session.ts';
import { useAnswer } from '../../desk/use-view.ts';

/** Bars of what: of a session as it saw them, or of a series of the catalogue. */
export type Source =
  | {
      readonly kind: 'session';
      readonly session: string;
      readonly symbol: string;
      readonly timeframes: readonly string[];
    }
  | {
      readonly kind: 'series';
      readonly venue: string;
      readonly symbol: string;
      readonly timeframes: readonly string[];
      readonly from: string;
      readonly to: string;
    };

/** The whole period in as few bars as a chart shows. */
export const ALL = 'all';

const COMMON = ['1s', '5s', '15s', '1m', '5m', '15m', '30m', '1h', '4h', '1d', '1w'];
/** So many can be asked for by a digit. */
const DIGITS = 9;

/** Timeframes that bars of one can be rolled up to. */
function widerThan(base: string): readonly string[] {
  const spec = timeframe(base);
  const wider = COMMON.map(timeframe).filter((each) => each.ms > spec.ms && nests(spec, each));
  return [base, ...wider.map(({ text }) => text)].slice(0, DIGITS);
}

export interface Sources {
  readonly isLoading: boolean;
  readonly session: readonly string[];
  readonly series: readonly string[];
  find(name: string | undefined): Source | null;
}

/** What there is to look at. Names with a colon are of the catalogue. */
export function useSources(): Sources {
  const current = useCurrentSession();
  const catalogue = useAnswer('data symbols', {}, { staleMs: 60_000 });
  const symbols = catalogue.phase === 'there' ? catalogue.data.symbols : [];
  const own = current?.symbols ?? [];
  return {
    isLoading: catalogue.phase === 'loading',
    session: own,
    series: symbols.map(({ instrument }) => instrument),
    find(name) {
      const stored = symbols.find(({ instrument }) => instrument === name);
      if (stored !== undefined) {
        const { venue, symbol, from, to } = stored;
        const ms = (text: string): number => timeframe(text).ms;
        const timeframes = [...stored.timeframes].sort((a, b) => ms(a) - ms(b));
        return { kind: 'series', venue, symbol, from, to, timeframes: [...timeframes.slice(0, DIGITS - 1), ALL] };
      }
      const bare = name?.slice(name.indexOf(':') + 1).toUpperCase();
      const symbol = own.find((each) => each === bare) ?? own[0];
      if (current === null || symbol === undefined) return null;
      return { kind: 'session', session: current.session, symbol, timeframes: widerThan(current.timeframe) };
    },
  };
}
