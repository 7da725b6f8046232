import { z } from 'zod';
import { KILL_LEVELS, SCOPES } from '../../core/vocabulary/commands.ts';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { operation } from '../operation.ts';
import { latchLine, sessionName } from './session-fields.ts';

/** What became of a latch in a session that it concerns. */
const heedLine = lazy(() =>
  z.object({
    session: z.string(),
    running: z.boolean(),
    /** Whether it said that it has heeded the latch. One that does not run heeds it at its next start. */
    answered: z.boolean(),
    /** Orders and positions that it has not been able to end yet; null where it did not answer. */
    ordersLeft: z.number().nullable(),
    positionsLeft: z.number().nullable(),
  }),
);

const scopeFields = lazy(() => ({
  scope: z.enum(SCOPES).optional().meta({
    description: 'What it concerns; default system, which is every session of this home',
  }),
  target: z.string().min(1).optional().meta({
    description: 'Account, strategy or instrument of the scope',
    placeholder: 'name',
  }),
  session: sessionName.optional().meta({ description: 'One session: its account', placeholder: 'name' }),
}));

const amountOf = lazy(() => ({ symbol: z.string(), quantity: z.string() }));

/** An account that was taken out of the market at its venue, past its session. */
const killedAccount = lazy(() =>
  z.object({
    account: z.string(),
    venue: z.string(),
    environment: z.string(),
    sessions: z.array(z.string()),
    ordersFound: z.number(),
    ordersLeft: z.number(),
    /** Whether nobody else has the right to trade it any more. */
    isRevoked: z.boolean(),
    closed: z.array(z.object(amountOf())),
    left: z.array(z.object({ ...amountOf(), why: z.string() })),
    verified: z.boolean(),
    faults: z.array(z.string()),
  }),
);

export const kill = operation({
  name: 'kill',
  group: 'sessions',
  summary: 'Stop trading, from a pause to flat positions',
  details:
    'Each level includes those before it. pause: strategies are paused. reduce: only orders that lower a position. halt: no order and no amendment; cancels pass, and an entry that fills meanwhile still gets its stop. cancel-all: every open order is canceled; nothing is spared, protective stops included. flatten: every position is closed at market by orders that can only reduce it. The latch is written first and holds until tradewright rearm: sessions that run heed it within a moment, others at their next start, before their first bar. Of several latches the strictest counts, and a level only rises. Where a session with an account at a venue does not run, hangs or leaves something, its right to trade is taken away, and what the level demands is done at the venue itself and verified by asking it; the session, should it wake up, sends nothing and ends, and books at its next start what was closed. tradewright-kill does the same with nothing of this program in between. Exit code 10 where something is not proven to be done: the latch holds all the same.',
  kind: 'command',
  scope: 'risk',
  get input() {
    return z.object({
      level: z.enum(KILL_LEVELS).meta({ description: 'How far' }),
      ...scopeFields(),
      reason: z.string().min(1).meta({ description: 'Why, for the journal', placeholder: 'text' }),
    });
  },
  get output() {
    return z.object({
      latch: latchLine(),
      sessions: z.array(heedLine()),
      /** Accounts at venues whose sessions do not run, hang, or have left something: emptied without them. */
      accounts: z.array(killedAccount()),
      /** What could not be read or reached on the way. */
      faults: z.array(z.string()),
      /** Whether every session that runs has done all of it, and every account that was emptied in its place is proven to be so. */
      verified: z.boolean(),
    });
  },
  positionals: [],
  examples: [
    { command: "kill --level flatten --reason 'drill'", does: 'everything, in every session of this home' },
    { command: "kill --level halt --session btc --reason 'odd prices'", does: 'one session' },
    {
      command: "kill --level pause --scope strategy --target sma-cross --reason 'to be looked at'",
      does: 'one strategy, wherever it runs',
    },
  ],
});

export const rearm = operation({
  name: 'rearm',
  group: 'sessions',
  summary: 'Lift a kill, and let trading go on',
  details:
    'Lifts everything that holds the scope: the latch, also one that a loss limit or an operator has set inside a session. A loss limit that was reached is counted from now; one that was not goes on as it was. Strategies that the kill has paused run again. The scope is typed once more: --confirm system, or --confirm <scope>:<target>. With --into reducing only orders that lower a position pass afterwards, until it is re-armed again without it.',
  kind: 'command',
  scope: 'risk',
  stepUp: true,
  get input() {
    return z.object({
      ...scopeFields(),
      confirm: z.string().meta({ description: 'The scope once more: system, or scope:target', placeholder: 'scope' }),
      into: z.enum(['active', 'reducing']).default('active').meta({ description: 'Trading state afterwards' }),
      reason: z.string().min(1).meta({ description: 'Why, for the journal', placeholder: 'text' }),
    });
  },
  get output() {
    return z.object({ latch: latchLine(), into: z.string(), sessions: z.array(heedLine()) });
  },
  positionals: [],
  examples: [
    { command: "rearm --confirm system --reason 'drill over'", does: 'the whole system' },
    {
      command: "rearm --session btc --confirm account:paper:btc --into reducing --reason 'looked at it'",
      does: 'one session, which may only get out',
    },
  ],
});
