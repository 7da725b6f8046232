import { z } from 'zod';
import { STRATEGY_ID } from '../../core/vocabulary/strategy-id.ts';
import { fraction } from './fields.ts';

/** A strategy that runs beside the first one of a run. */
export interface FurtherStrategy {
  /** A built-in one by name, or a file. */
  readonly strategy: string;
  /** Its id in the run; its own where absent. */
  readonly as?: string;
  /** Part of the capital that its sizes are reckoned with, above 0 and below 1. */
  readonly share?: number;
  /** Instruments that it sees, as symbols or ids; all of the run where absent. */
  readonly on?: readonly string[];
}

/** What a text says, or why it says nothing. */
type Read<T> = { readonly value: T } | { readonly complaint: string };

const OPTIONS: Readonly<Record<string, (text: string) => Read<Omit<FurtherStrategy, 'strategy'>>>> = {
  as: (as) =>
    STRATEGY_ID.test(as) ? { value: { as } } : { complaint: 'as: expected an id in kebab-case such as as=dips' },
  share: (text) => {
    const share = fraction(text);
    return share !== null && share > 0 && share < 1
      ? { value: { share } }
      : { complaint: 'share: expected a part of the capital above 0 and below 1, such as share=0.3 or share=30%' };
  },
  on: (text) => {
    const on = text.split('+').map((symbol) => symbol.trim());
    return on.includes('') || new Set(on).size < on.length
      ? { complaint: 'on: expected symbols with + between, each once, such as on=BTCUSDT+ETHUSDT' }
      : { value: { on } };
  },
};

/** `rsi2-reversion`, `./mine.ts,as=mine,share=0.3,on=BTCUSDT+ETHUSDT`. */
function readFurther(text: string): Read<FurtherStrategy> {
  const [strategy = '', ...words] = text.split(',').map((word) => word.trim());
  if (strategy === '' || /^(?:as|share|on)=/.test(strategy))
    return { complaint: 'expected the strategy first, as in rsi2-reversion,share=0.3' };
  let value: FurtherStrategy = { strategy };
  for (const word of words) {
    const equals = word.indexOf('=');
    const name = word.slice(0, Math.max(0, equals));
    if (!Object.hasOwn(OPTIONS, name))
      return {
        complaint: `expected as=id, share=0.3 or on=SYMBOL+SYMBOL behind a comma instead of ${JSON.stringify(word)}`,
      };
    if (Object.hasOwn(value, name)) return { complaint: `${name}: expected once` };
    const read = OPTIONS[name]!(word.slice(equals + 1));
    if ('complaint' in read) return read;
    value = { ...value, ...read.value };
  }
  return { value };
}

const further = z.string().transform((text, context): FurtherStrategy => {
  const read = readFurther(text);
  if ('value' in read) return read.value;
  context.addIssue({ code: 'custom', message: read.complaint });
  return z.NEVER;
});

/** Strategies that run on the same account beside the first, in this order. */
export const withField = z.array(further).default([]).meta({
  description:
    'A strategy beside the first, on the same account: a name or a file, then ,as=id ,share=0.3 ,on=SYMBOL+SYMBOL; again for further ones',
  placeholder: 'strategy',
  completes: 'further-strategy',
  hasCommas: true,
});
