import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { barsFromRows } from '../../core/vocabulary/market-data.ts';
import { Failure } from '../failures.ts';
import type { Call, World } from '../world.ts';
import type { LoadedFeed } from './load-data.ts';
import type { LoadedStrategy } from './load-strategy.ts';
import { loadSources } from './source-files.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2024, 0, 1);

/** Loads texts as files of the sources `news` and `score`, over four days of bars. */
function load(files: Readonly<Record<string, string>>, declared: readonly string[] = Object.keys(files)) {
  const warnings: string[] = [];
  const sources = Object.fromEntries(declared.map((name) => [name, { about: 'anything' }]));
  const bars = barsFromRows([0, 1, 2, 3].map((day) => [START_MS + day * DAY_MS, 100, 101, 99, 100, 1]));
  const values = loadSources(
    Object.fromEntries(Object.keys(files).map((name) => [name, `${name}.txt`])),
    [{ strategy: { def: { id: 'hearing', sources } } } as unknown as LoadedStrategy],
    [{ feed: { bars } } as unknown as LoadedFeed],
    { files: { read: (path: string) => files[path.replace('.txt', '')] ?? null } } as unknown as World,
    {
      warn: ({ code, message }: { code: string; message: string }) => warnings.push(`${code}: ${message}`),
    } as unknown as Call,
  );
  return { values: values.map(({ name, timeMs, value }) => [name, (timeMs - START_MS) / DAY_MS, value]), warnings };
}

describe('files of sources', () => {
  const rows: readonly (readonly [what: string, text: string, values: readonly unknown[]])[] = [
    [
      'time and value',
      'time,value\n2024-01-01,1.5\n2024-01-02T12:00Z,up\n',
      [
        [0, 1.5],
        [1.5, 'up'],
      ],
    ],
    ['epoch seconds, Windows line ends, a mark of byte order', '\uFEFFvalue,Time\r\n7,1704153600\r\n', [[1, 7]]],
    [
      'further columns',
      'time,score,word\n2024-01-02,0.5,calm\n2024-01-02,,\n',
      [
        [1, { score: 0.5, word: 'calm' }],
        [1, { score: null, word: null }],
      ],
    ],
    ['one column of another name', 'time,score\n2024-01-02,0.5\n', [[1, { score: 0.5 }]]],
    [
      'objects, one a line',
      '{"time":"2024-01-02","value":{"a":[1,"x, y"]}}\n\n{"value":null,"time":1704240000000}\n',
      [
        [1, { a: [1, 'x, y'] }],
        [2, null],
      ],
    ],
    ['objects with fields', '{"time":"2024-01-02","text":"a","score":1}\n', [[1, { text: 'a', score: 1 }]]],
  ];
  for (const [what, text, expected] of rows)
    test(`${what} -> values with their times`, () => {
      const { values, warnings } = load({ news: text });
      assert.deepEqual(
        values,
        expected.map((each) => ['news', ...(each as unknown[])]),
      );
      assert.deepEqual(warnings, []);
    });

  test('two sources -> one list in order of time', () => {
    const { values } = load({ news: 'time,value\n2024-01-01,1\n2024-01-03,3\n', score: 'time,value\n2024-01-02,2\n' });
    assert.deepEqual(
      values.map(([name, , value]) => [name, value]),
      [
        ['news', 1],
        ['score', 2],
        ['news', 3],
      ],
    );
  });

  const refusals: readonly (readonly [what: string, text: string, code: string, said: RegExp])[] = [
    ['an empty file', ' \n', 'file-empty', /^news\.txt: no values$/],
    ['a header alone', 'time,value\n', 'file-empty', /^news\.txt: no values below its header$/],
    ['no column of times', 'when,value\n2024-01-01,1\n', 'columns-unknown', /^news\.txt:1: .*found when \| value$/],
    ['a column twice', 'time,a,a\n2024-01-01,1,2\n', 'columns-unknown', /^news\.txt:1: /],
    ['a time that is none', 'time,value\n2024-01-01,1\nsoon,2\n', 'bad-time', /^news\.txt:3: .*found "soon"$/],
    [
      'times out of order',
      'time,value\n2024-01-02,1\n\n2024-01-01,2\n',
      'bad-time',
      /^news\.txt:4: .*found "2024-01-01"$/,
    ],
    ['a cell too many', 'time,value\n2024-01-01,1,2\n', 'data-invalid', /^news\.txt:2: expected 2 plain cells/],
    ['a quoted cell', 'time,value\n2024-01-01,"up"\n', 'data-invalid', /^news\.txt:2: expected 2 plain cells/],
    [
      'JSON that breaks off',
      '{"time":"2024-01-01","value":1}\n{"time":',
      'data-invalid',
      /^news\.txt:2: expected a JSON object/,
    ],
    [
      'an object without value',
      '{"time":"2024-01-01"}\n',
      'data-invalid',
      /^news\.txt:1: expected an object with time and value/,
    ],
    ['a packed file', '\u001f\uFFFD\b\0time', 'data-invalid', /^news\.txt: expected text, found bytes that are none$/],
    [
      'a list',
      '{"time":"2024-01-01","value":1}\n[1]\n',
      'data-invalid',
      /^news\.txt:2: expected an object with time and value/,
    ],
  ];
  for (const [what, text, code, said] of refusals)
    test(`${what} -> refused with file and line`, () => {
      assert.throws(
        () => load({ news: text }),
        (error: unknown) => error instanceof Failure && error.code === code && said.test(error.message),
      );
    });

  test('a file that is not there -> refused', () => {
    const none = () => load({ news: undefined as never });
    assert.throws(none, (error: unknown) => error instanceof Failure && error.code === 'file-not-found');
  });

  test('a source that nobody declares -> refused with those that are, and the nearest', () => {
    const text = 'time,value\n2024-01-01,1\n';
    assert.throws(
      () => load({ nws: text }, ['news', 'score']),
      /hearing declares news, score, and no source "nws"; did you mean news\?/,
    );
    assert.throws(() => load({ news: text }, []), /hearing hears of no source, found values of "news"/);
    assert.throws(() => load({ toString: text }, ['news']), /no source "toString"/);
  });

  test('a declared source without values; values outside the bars -> a warning', () => {
    assert.deepEqual(load({}, ['news']).warnings, [
      'source-missing: hearing: there are no values of the declared source "news"',
    ]);
    assert.match(
      load({ news: 'time,value\n2025-01-01,1\n' }).warnings.join(),
      /^source-outside: news\.txt: none of its values/,
    );
  });
});
