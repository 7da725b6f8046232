import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { complaintText, schemaComplaint } from './schema-complaint.ts';

const schema = z.strictObject({
  cash: z.number().positive('expected capital above 0').default(1),
  seed: z.number().int().min(0).max(4_294_967_295).default(1),
  share: z.number().gt(0).lt(1).default(0.5),
  words: z.array(z.object({ text: z.string() })).default([]),
  kind: z.enum(['spot', 'margin']).default('spot'),
});

for (const [value, text] of [
  [{ cash: 'abc' }, 'cash: expected a number, found "abc"'],
  [{ cash: -5 }, 'cash: expected capital above 0, found -5'],
  [{ seed: 1.5 }, 'seed: expected a whole number, found 1.5'],
  [{ seed: -1 }, 'seed: expected 0 or more, found -1'],
  [{ seed: 2 ** 40 }, 'seed: expected at most 4294967295, found 1099511627776'],
  [{ share: 0 }, 'share: expected more than 0, found 0'],
  [{ share: 1 }, 'share: expected less than 1, found 1'],
  [{ words: 'a' }, 'words: expected a list, found "a"'],
  [{ words: [{ text: 5 }] }, 'words.0.text: expected text, found 5'],
  [{ kind: 'x' }, 'kind: expected one of "spot"|"margin", found "x"'],
  [{ csh: 5 }, 'csh: there is no field of this name'],
  [[1, 2], 'expected an object, found [1,2]'],
  [null, 'expected an object, found null'],
] as const)
  test(`what a schema refuses: ${JSON.stringify(value)} -> ${text}`, () => {
    const { error } = schema.safeParse(value);
    assert.equal(complaintText(schemaComplaint(error!, value)), text);
  });

test('what a schema refuses: something long -> cut', () => {
  const value = { cash: 'x'.repeat(5_000) };
  assert.ok(complaintText(schemaComplaint(schema.safeParse(value).error!, value)).length < 300);
});
