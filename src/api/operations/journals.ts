import { z } from 'zod';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { operation } from '../operation.ts';

const sessionField = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected up to 64 letters, digits, - and _')
  .meta({ description: 'Name of the session', placeholder: 'session', completes: 'session' });

/** A place in a journal. */
const position = lazy(() => z.object({ seq: z.number(), hash: z.string() }));

export const journalVerify = operation({
  name: 'journal verify',
  group: 'sessions',
  summary: 'Look at every record of a session’s journal',
  details:
    'Follows the chain of hashes from the first record to the last and checks every snapshot. The first one that is not as it was written is pointed at; nothing is repaired. May run while the session does.',
  kind: 'query',
  scope: 'read',
  isHeavy: true,
  get input() {
    return z.object({
      session: sessionField,
      atLeast: z
        .string()
        .regex(/^\d+:[0-9a-f]{64}$/, 'expected <record>:<hash>, as journal verify and journal backup tell it')
        .optional()
        .meta({
          description: 'A position that is known from before: a chain cannot tell that its end was cut off',
          placeholder: 'seq:hash',
        }),
    });
  },
  get output() {
    return z.object({ session: z.string(), records: z.number(), head: position() });
  },
  positionals: ['session'],
  examples: [
    { command: 'journal verify btc', does: 'the whole journal' },
    { command: 'journal verify btc --json', does: 'the same for a program; exit code 8 where it is damaged' },
  ],
});

export const journalBackup = operation({
  name: 'journal backup',
  group: 'sessions',
  summary: 'Copy a session’s journal to a file',
  details:
    'Also while the session runs: the file has what was durable when it began. Every record is checked on the way. The file is there whole or not at all, and none is overwritten.',
  kind: 'command',
  scope: 'admin',
  isHeavy: true,
  get input() {
    return z.object({
      session: sessionField,
      file: z.string().min(1).meta({ description: 'File to write', placeholder: 'file', completes: 'file' }),
    });
  },
  get output() {
    return z.object({ session: z.string(), file: z.string(), head: position() });
  },
  positionals: ['session', 'file'],
  examples: [
    { command: 'journal backup btc btc-monday.jsonl', does: 'to a file of JSON lines' },
    { command: 'journal backup btc /media/copies/btc.jsonl --json', does: 'the same elsewhere' },
  ],
});

export const journalRestore = operation({
  name: 'journal restore',
  group: 'sessions',
  summary: 'Make a session’s journal anew from a backup',
  details:
    'The whole file is checked before the first record is written. A journal that is there is never overwritten.',
  kind: 'command',
  scope: 'admin',
  // A session goes on with what it says, its orders included.
  stepUp: true,
  isHeavy: true,
  get input() {
    return z.object({
      file: z.string().min(1).meta({ description: 'File of journal backup', placeholder: 'file', completes: 'file' }),
    });
  },
  get output() {
    return z.object({ session: z.string(), begun: z.string(), records: z.number(), head: position() });
  },
  positionals: ['file'],
  examples: [
    { command: 'journal restore btc-monday.jsonl', does: 'into the home folder' },
    { command: 'journal restore btc-monday.jsonl --home elsewhere', does: 'into another one' },
  ],
});
