import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { styleFor } from './style.ts';
import { updateTeller } from './update-teller.ts';

const GLOBALS = { json: false, quiet: false } as Parameters<typeof updateTeller>[1];
const ESC = '\u001b[';
const UPDATE = {
  ...{ session: 'one', time: '2026-01-01T00:00:00Z', currency: 'USDT', equity: 10_000 },
  balances: [{ asset: 'USDT', amount: '10000', value: 10_000 }],
};

/** What is written to a terminal of so many columns, which this stands in for. */
async function written(columns: number, act: () => Promise<void>): Promise<string[]> {
  const { stdout } = process;
  const kept = { isTTY: stdout.isTTY, columns: stdout.columns, write: stdout.write };
  const texts: string[] = [];
  const write = (text: string): boolean => texts.push(text) > 0;
  Object.assign(stdout, { isTTY: true, columns, write });
  try {
    await act();
  } finally {
    Object.assign(stdout, kept);
  }
  return texts;
}

describe('a screen that is drawn again', () => {
  for (const columns of [200, 20])
    test(`on ${columns} columns -> goes up by the rows that its lines took, broken or not`, async () => {
      const [first, second, end] = (await written(columns, async () => {
        const screen = await updateTeller('balances', GLOBALS, styleFor(false));
        screen.tell(UPDATE);
        screen.tell(UPDATE);
        screen.end();
      })) as [string, string, string];
      const lines = stripVTControlCharacters(first).split('\n').slice(0, -1);
      const rows = lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0);
      assert.equal(rows > lines.length, columns === 20);
      assert.ok(second.startsWith(`${ESC}${rows}A`), JSON.stringify(second));
      assert.ok(end.startsWith(`${ESC}${rows}A${ESC}0J`), JSON.stringify(end));
    });
});
