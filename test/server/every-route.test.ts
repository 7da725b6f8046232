import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import fc from 'fast-check';
import type { z } from 'zod';
import { fieldKind, shapeOf } from '../../src/api/field-shape.ts';
import { ROUTES } from '../../src/api/http/routes.ts';
import { SESSION_ROUTES } from '../../src/api/http/session-routes.ts';
import { UPLOAD_ROUTES } from '../../src/api/http/upload-routes.ts';
import { openScene } from './server-scene.ts';

const scene = await openScene();
after(() => scene.close());
/** Threads take long to begin: what goes into one is tried by hand in another test. What waits for a session, too. */
const { isolate } = scene.world;
Object.assign(scene.world, {
  isolate: () => Promise.resolve({}),
});

/** Near what a field takes, and far from it. */
function arbitraryOf(schema: z.ZodType): fc.Arbitrary<unknown> {
  const { base, isList, choices } = shapeOf(schema);
  const kind = fieldKind(base);
  const odd = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(
      '',
      '../../etc/passwd',
      "'; drop table run; --",
      '\u0000',
      '__proto__',
      'constructor',
      'last',
      '0',
      '-1',
      '1e309',
    ),
    fc.constantFrom<unknown>(null, [], {}, true, -1, 1e308, 0, [[[]]], { a: { b: 1 } }),
  );
  const fitting: fc.Arbitrary<unknown> =
    choices.length > 0
      ? fc.constantFrom(...choices)
      : kind === 'number'
        ? fc.oneof(fc.integer({ min: 0, max: 50 }), fc.double())
        : kind === 'switch'
          ? fc.boolean()
          : kind === 'pairs'
            ? fc.dictionary(fc.string({ maxLength: 5 }), fc.string({ maxLength: 5 }))
            : fc.constantFrom('btc', 'sma-cross', 'X:BTC-USD', '1h', '2024-01-01', 'local', '1', 'BTCUSDT');
  const one = fc.oneof({ weight: 3, arbitrary: fitting }, { weight: 1, arbitrary: odd });
  return isList ? fc.oneof(fc.array(one, { maxLength: 3 }), odd) : one;
}

const PROBLEM_KEYS = ['code', 'detail', 'details', 'docs', 'hint', 'instance', 'status', 'title', 'type'];
let deeds = 0;
/** Those that connect to a venue, which is not there. */
const OUTSIDE: readonly string[] = ['watch', 'data-get', 'quote', 'quotes-start', 'quotes-stop'];

describe('every route under made-up input', () => {
  for (const route of ROUTES) {
    test(`${route.method} ${route.path} -> an answer of its schema or a problem, no fault and no stack`, async () => {
      const fields = Object.fromEntries(
        Object.entries(route.input.shape as Record<string, z.ZodType>).map(([name, schema]) => [
          name,
          arbitraryOf(schema),
        ]),
      );
      const input = fc.record(fields, { requiredKeys: [] });
      await fc.assert(
        fc.asyncProperty(input, async (given) => {
          const fields: Record<string, unknown> = { ...given };
          const venue = 'exchange' in route.input.shape ? 'exchange' : 'venue';
          if (OUTSIDE.includes(route.id)) fields[venue] = 'nowhere';
          const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => placeOf(fields, name));
          const { status, text, body } =
            route.operation.kind === 'command'
              ? await scene.command(path, fields, `fuzz-${deeds++}`, {}, route.method)
              : await scene.ask(`${path}?${query(fields)}`);
          assert.ok(
            status < 500 || (status === 501 && route.id === 'execution-execute'),
            `${status} ${text} for ${JSON.stringify(given)}: ${String((scene.defects[0] as Error)?.stack)}`,
          );
          assert.doesNotMatch(text, /\bat .*\.(?:ts|js):\d+|node_modules|node:internal/);
          if (status === 200 && route.face?.page !== undefined) assert.equal(body, null);
          else if (status === 200 || status === 202) assert.equal(body.ok, true);
          else assert.deepEqual(Object.keys(body).sort(), PROBLEM_KEYS);
        }),
        { numRuns: 25 },
      );
      assert.deepEqual(scene.defects, []);
    });
  }
});

/** A word for a place in a path; it is not given a second time. */
function placeOf(fields: Record<string, unknown>, name: string): string {
  const given = fields[name] ?? 'x';
  const word = (typeof given === 'string' ? given : JSON.stringify(given)).toWellFormed();
  delete fields[name];
  return encodeURIComponent(word === '' || /^\.{1,2}$/.test(word) ? 'x' : word);
}

function query(given: Readonly<Record<string, unknown>>): string {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(given))
    for (const each of Array.isArray(value) ? value : [value])
      words.append(name, typeof each === 'object' ? JSON.stringify(each) : String(each));
  return words.toString();
}

describe('the interface of the server', () => {
  test('/openapi.json -> valid OpenAPI 3.1, with every route and nothing else', async () => {
    const { text, body } = await scene.ask('/openapi.json');
    const validator = new Validator();
    const { valid, errors } = await validator.validate(JSON.parse(text) as Record<string, unknown>);
    assert.ok(valid, JSON.stringify(errors)?.slice(0, 2_000));
    assert.equal(validator.version, '3.1');
    assert.deepEqual(
      Object.entries(body.paths as Record<string, object>)
        .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`))
        .sort(),
      [...ROUTES, ...SESSION_ROUTES, ...UPLOAD_ROUTES].map((r) => `${r.method.toLowerCase()} ${r.path}`).sort(),
    );
    const broken = await new Validator().validate({ ...body, paths: { '/x': { get: { responses: 1 } } } });
    assert.equal(broken.valid, false, 'the validator finds what is wrong');
  });

  test('/docs -> one page that needs nothing from elsewhere, under a policy that allows it nothing', async () => {
    const { text, headers } = await scene.ask('/docs');
    for (const { path } of ROUTES) assert.ok(text.includes(path), path);
    assert.doesNotMatch(text, /<script|<link|<img|<[^>]*\s(?:src|on\w+)=|@import|url\(/);
    const policy = String(headers['content-security-policy']);
    assert.match(policy, /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]{44}'/);
    const { createHash } = await import('node:crypto');
    const style = /<style>([\s\S]*)<\/style>/.exec(text)![1]!;
    assert.ok(policy.includes(createHash('sha256').update(style).digest('base64')));
  });

  test('/metrics -> the text format, with what was asked above and nothing that a client wrote', async () => {
    await scene.ask('/api/never-heard-of-this');
    const { text } = await scene.ask('/metrics');
    for (const line of text.trim().split('\n'))
      assert.match(
        line,
        /^(?:# (?:HELP|TYPE) [a-z_]+ .+|[a-z_]+(?:\{[a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*\})? -?[\d.e+-]+)$/,
      );
    assert.match(text, /tradewright_http_requests_total\{route="\/api\/version",status="200"\} \d+/);
    assert.doesNotMatch(text, /never-heard/);
  });

  test('/health -> each part with its state; one that fails -> 503 and not ready', async () => {
    const sick = await openScene({
      probes: {
        well: { look: async () => 1, decides: true },
        ill: { look: () => Promise.reject(new Error('disk of /home/ann')), decides: true },
      },
    });
    const { status, body, text } = await sick.ask('/health');
    const ready = await sick.ask('/health/ready');
    await sick.close();
    assert.equal(status, 503);
    assert.deepEqual(
      body.modules.map((m: { name: string; status: string }) => [m.name, m.status]),
      [
        ['well', 'ok'],
        ['ill', 'failed'],
      ],
    );
    assert.doesNotMatch(text, /ann/);
    assert.equal(ready.status, 503);
  });

  test('a heavy query -> really runs in a thread', async () => {
    Object.assign(scene.world, { isolate });
    const { status, body } = await scene.ask('/api/strategies?strategy=sma-cross');
    assert.deepEqual([status, body.data.strategies[0].id], [200, 'sma-cross']);
  });
});
