import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readParameters } from './parameters.ts';
import { readSocketTarget } from './socket-paths.ts';
import { readSocketRequest } from './socket-request.ts';
import { readControl } from './stream-control.ts';

const text = fc.string({ unit: 'binary', maxLength: 200 });
const pieces = fc.constantFrom(
  '&',
  '=',
  '%',
  '%zz',
  '%E0',
  '+',
  'signature=',
  '&signature=',
  'a',
  'streams=',
  '/',
  '?',
  '#',
  '{',
  '"',
);
const nearly = fc.array(fc.oneof(pieces, text), { maxLength: 12 }).map((parts) => parts.join(''));
const message = fc.oneof(
  text,
  fc.json(),
  fc
    .record(
      {
        id: fc.jsonValue(),
        method: fc.oneof(fc.constantFrom('SUBSCRIBE', 'SET_PROPERTY', 'order.place', '__proto__'), fc.jsonValue()),
        params: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    .map((m) => JSON.stringify(m)),
);

describe('odd input', () => {
  test('any query and body -> parameters or a refusal with a code', () => {
    fc.assert(
      fc.property(nearly, nearly, (query, body) => {
        const sent = readParameters(query, body);
        if ('status' in sent) assert.equal(typeof (sent.body as { code: unknown }).code, 'number');
        else assert.ok(![...sent.values.values()].includes(''));
      }),
      { numRuns: 500 },
    );
  });

  test('any WebSocket address -> a target or null', () => {
    fc.assert(
      fc.property(fc.constantFrom('/ws/', '/stream?', '/private/ws?', '/usdm/', '/'), nearly, (path, rest) => {
        const target = readSocketTarget(path + rest);
        if (target?.kind === 'streams') assert.ok(target.names.every((name) => name !== ''));
      }),
      { numRuns: 500 },
    );
  });

  test('any frame -> a request or an answer that is JSON, with the id it came with', () => {
    fc.assert(
      fc.property(message, (frame) => {
        const control = readControl(frame);
        if (control.kind === 'refused')
          assert.equal(typeof (JSON.parse(control.reply) as { code: unknown }).code, 'number');
        else assert.doesNotThrow(() => JSON.parse(control.id));
        const request = readSocketRequest(frame);
        assert.doesNotThrow(() => JSON.parse(request.id));
        if (!('code' in request)) assert.ok([...request.params.keys()].every((name) => name !== 'signature'));
      }),
      { numRuns: 1000 },
    );
  });
});
