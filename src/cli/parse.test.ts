import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../api/failures.ts';
import { parseCommandLine } from './parse.ts';

const parse = (...words: string[]) => parseCommandLine(words, false, {});

function refusal(...words: string[]): Failure {
  try {
    parse(...words);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  return assert.fail(`${words.join(' ')} was not refused`);
}

test('switch: alone, true, false -> set as it says', () => {
  const set = (word: string) => parse('data', 'rm', 'X:Y', word).given['dryRun'];
  assert.deepEqual(['--dry-run', '--dry-run=true', '--dry-run=false', '--no-dry-run'].map(set), [
    true,
    true,
    false,
    false,
  ]);
});

for (const value of ['yes', '1', 'TRUE', ''])
  test(`switch: --dry-run=${value} -> refused, and not taken for a run in earnest`, () => {
    const { code, message, hint } = refusal('data', 'rm', 'X:Y', `--dry-run=${value}`);
    assert.equal(code, 'input-invalid');
    assert.equal(hint, 'tradewright help data rm shows what each flag takes.');
    assert.equal(message, `--dry-run: expected true or false behind the =, or neither, found ${JSON.stringify(value)}`);
  });

test('switch that is everywhere: false -> not set; another word -> refused', () => {
  assert.deepEqual(
    ['--json', '--json=true', '--json=false'].map((word) => parse('data', 'ls', word).globals.json),
    [true, true, false],
  );
  assert.match(refusal('data', 'ls', '--quiet=very').message, /^--quiet: expected true or false/);
});

test('parameter given twice -> refused as any other flag is', () => {
  const { message } = refusal('backtest', 'sma-cross', '--param', 'fast=5', '--param', 'fast=6');
  assert.equal(message, '--param fast: expected once, found twice');
});

test('negative numbers where words stand -> words; where a flag stands -> a flag that is not there', () => {
  for (const value of ['-0.6', '-12', '-.5', '-1e-3'])
    assert.deepEqual(parse('source', 'give', 'score', value, '--session', 'btc').given, {
      source: 'score',
      value,
      session: 'btc',
    });
  assert.equal(refusal('source', 'give', 'score', '-x').code, 'flag-unknown');
});
