import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { z } from 'zod';
import { operation, servedOperation } from './operation.ts';
import { OPERATION_IDS, operationOf } from './operations/table.ts';

const words = { group: 'reference', summary: 'Do something', scope: 'read' } as const;

describe('rows of the table', () => {
  test('what a row says of its values -> made when it is asked for, once; a command can be tried', () => {
    const made: string[] = [];
    const row = operation({
      ...{ ...words, name: 'some thing', kind: 'command', positionals: [] },
      get input() {
        made.push('input');
        return z.object({ a: z.string() });
      },
      get output() {
        made.push('output');
        return z.object({ b: z.number() });
      },
      examples: [
        { command: 'some thing', does: 'it' },
        { command: 'some thing --dry-run', does: 'says what it would do' },
      ],
    });
    assert.deepEqual(made, []);
    assert.deepEqual(Object.keys(row.input.shape), ['a', 'dryRun']);
    assert.equal(row.input, row.input);
    assert.deepEqual(row.output.parse({ b: 1 }), { b: 1 });
    assert.deepEqual(made, ['input', 'output']);
    assert.equal(row.name, 'some thing');
  });

  test('written as a value -> the same row; a query cannot be tried, and what is served only has no command line', () => {
    const output = z.object({});
    const row = servedOperation({
      ...{ ...words, name: 'other thing', kind: 'query', servedOnly: 'it stays' },
      ...{ input: z.object({ a: z.string() }), output },
    });
    assert.deepEqual(Object.keys(row.input.shape), ['a']);
    assert.equal(row.output, output);
    assert.deepEqual([row.positionals, row.examples], [[], []]);
  });

  test('the table -> no row has its schemas made with the start of the program', () => {
    const early = OPERATION_IDS.filter((id) =>
      ['input', 'output', 'update'].some((name) => {
        const written = Object.getOwnPropertyDescriptor(operationOf(id), name);
        return written !== undefined && written.get === undefined;
      }),
    );
    assert.deepEqual(early, []);
  });
});
