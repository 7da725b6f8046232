import { z } from 'zod';
import { entrySchema } from './intent.ts';
import { SIDES } from './order.ts';

const strategy = z.string();
const instrument = z.string();
/** Who ordered it and why: commands are journaled, and a person or program answers for each. */
const reason = z.string().min(1);

function command<const T extends string, S extends z.ZodRawShape>(type: T, shape: S) {
  return z.strictObject({ type: z.literal(type), reason, ...shape });
}

/** Everything that can be ordered from outside, as one union: imperative. A command is an input of the session like any other. */
export const commandSchema = z.discriminatedUnion('type', [
  command('place-order', { strategy, instrument, side: z.enum(SIDES), entry: entrySchema }),
  command('amend-order', {
    order: z.string(),
    price: z.number().positive().optional(),
    quantity: z.number().positive().optional(),
  }),
  command('cancel-order', { order: z.string() }),
  command('cancel-all-orders', { strategy: strategy.optional(), instrument: instrument.optional() }),
  command('close-position', { strategy, instrument }),
  command('start-strategy', { strategy }),
  command('pause-strategy', { strategy }),
  command('stop-strategy', { strategy }),
  command('set-trading-state', {
    scope: z.enum(['system', 'account', 'strategy', 'instrument']),
    /** Which strategy or instrument, where the scope has several. */
    target: z.string().optional(),
    state: z.enum(['active', 'reducing', 'halted']),
  }),
  command('rearm', { scope: z.enum(['system', 'account', 'strategy', 'instrument']), target: z.string().optional() }),
]);

export type Command = z.output<typeof commandSchema>;
export type CommandType = Command['type'];
