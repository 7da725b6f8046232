import { z } from 'zod';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { operation } from '../operation.ts';
import { sessionName } from './session-fields.ts';

const heardEvent = lazy(() =>
  z.object({
    /** Session, its beginning and the event’s number: what `after` takes. */
    id: z.string(),
    session: z.string(),
    seq: z.number(),
    time: z.string(),
    type: z.string(),
    data: z.record(z.string(), z.json()),
  }),
);
export type HeardEvent = z.output<ReturnType<typeof heardEvent>>;

/** One has none: from then on everything new is heard. */
const heardUpdate = lazy(() => z.object({ events: z.array(heardEvent()) }));
export type HeardUpdate = z.output<ReturnType<typeof heardUpdate>>;

export const listen = operation({
  name: 'listen',
  group: 'sessions',
  summary: 'Hear the events of all sessions as they happen',
  details:
    'Hears what sessions, on this machine and on others, give to the event bus (TRADEWRIGHT_EVENT_BUS): each event once and in the order of its session. tradewright events reads one session’s journal instead, and needs no bus. Ends with Ctrl-C.',
  kind: 'stream',
  scope: 'read',
  appends: true,
  get input() {
    return z.object({
      session: sessionName.optional().meta({ description: 'Only this one', placeholder: 'name' }),
      after: z
        .array(z.string().regex(/^[^/]+\/\d{1,15}$/, 'expected an event’s id, e.g. btc@1767225600000/17'))
        .max(1_000)
        .default([])
        .meta({
          description: 'Go on after this event; one for each session, others are told from their beginning',
          placeholder: 'id',
        }),
      kept: z.boolean().default(false).meta({ description: 'First, what the bus still has' }),
      seconds: z.number().positive().optional().meta({ description: 'End by itself after so long', placeholder: 'n' }),
    });
  },
  get output() {
    return z.object({
      heard: z.number(),
      /** Events that the bus has not got any more; they stand in the journal. */
      lost: z.number(),
      /** Id of the newest event of each session that was heard. */
      newest: z.array(z.string()),
    });
  },
  get update() {
    return heardUpdate();
  },
  positionals: [],
  examples: [
    { command: 'listen', does: 'what happens from now on' },
    { command: 'listen --kept --after btc@1767225600000/17 --json', does: 'all that came since, for a program' },
  ],
});
