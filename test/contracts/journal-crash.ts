import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Journals } from '../../src/ports/journal.ts';
import { recordsOf } from './journal.ts';

const CHILD = fileURLToPath(new URL('../fixtures/journal-child.ts', import.meta.url));

/** Starts the writing child, kills it (SIGKILL) some time after its first word; the newest number that it was told to be durable. */
async function writeAndKill(place: string, afterMs: number): Promise<number> {
  const child = spawn(process.execPath, [CHILD, place], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (said === '') setTimeout(() => child.kill('SIGKILL'), afterMs);
    said += text;
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  assert.equal(signal, 'SIGKILL', `the child ended by itself: ${said.slice(-200)}`);
  // The last line may have been cut off.
  return Number(said.slice(0, said.lastIndexOf('\n')).split('\n').at(-1));
}

/**
 * A writer that is killed over and over, at any instant: whatever it was told to be durable is there, once, and the chain is whole. Returns
 * how many records there are in the end.
 */
export async function crashLoop(place: string, journals: Journals, rounds: number): Promise<number> {
  let least = 0;
  for (let round = 0; round < rounds; round++) {
    const acknowledged = await writeAndKill(place, 5 + ((round * 37) % 100));
    assert.ok(acknowledged > least, `round ${round}: ${acknowledged} acknowledged, ${least} before`);
    least = acknowledged;
    const verdict = await journals.verify('s1');
    assert.equal(verdict.intact, true, JSON.stringify(verdict));
    assert.ok(
      verdict.records >= acknowledged,
      `round ${round}: ${verdict.records} records, ${acknowledged} acknowledged`,
    );
  }
  const records = await recordsOf(journals, 's1');
  const ids = new Set<string>();
  for (const [i, { seq, kind, payload }] of records.entries()) {
    assert.equal(seq, i + 1);
    if (kind === 'intent') {
      const { clientOrderId } = payload as { clientOrderId: string };
      assert.equal(clientOrderId, `s1o${seq}`, 'nothing twice, nothing in another place');
      ids.add(clientOrderId);
      // All of a commit or nothing.
      assert.equal(records[i + 1]?.kind, 'note');
    } else assert.deepEqual(payload, { k: seq });
  }
  assert.equal(ids.size, records.filter((each) => each.kind === 'intent').length);
  const journal = await journals.open('s1');
  await journal.commit([{ kind: 'note', atMs: 0, payload: { k: journal.head + 1 } }]);
  await journal.close();
  return records.length;
}
