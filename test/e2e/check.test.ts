import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';

const main = join(import.meta.dirname, '../../src/main.ts');
const folder = mkdtempSync(join(tmpdir(), 'tradewright-check-'));
after(() => rmSync(folder, { recursive: true, force: true }));

interface Check {
  readonly name: string;
  readonly status: string;
  readonly text: string;
  readonly detail?: string;
}

/** Checks a strategy whose onBar has this body, and answers what the checks said. */
function checksOf(id: string, onBar: string, before = ''): readonly Check[] {
  const path = join(folder, `${id}.ts`);
  writeFileSync(
    path,
    `import { bars, defineStrategy, ta } from 'tradewright';
${before}
export default defineStrategy({
  id: '${id}',
  params: {},
  data: { main: bars() },
  indicators: ({ data }) => ({ mean: ta.sma(data.main.close, 50) }),
  onBar(c) {
    ${onBar}
  },
});
`,
  );
  const args = [main, 'check', path, '--to', '2024-03-01', '--json', '--home', join(folder, 'home')];
  const printed = execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return (JSON.parse(printed) as { data: { checks: readonly Check[] } }).data.checks;
}

const statusOf = (checks: readonly Check[], name: string): string | undefined =>
  checks.find((c) => c.name === name)?.status;

describe('tradewright check', () => {
  const honest = `if (c.price > c.ind.mean.value && !c.position.isOpen) c.buy({ size: { pctEquity: 0.5 }, why: 'above' });
    else if (c.price < c.ind.mean.value) c.position.close('below');`;

  test('an honest strategy -> every check passed, types and a second process among them', () => {
    const checks = checksOf('honest', honest);
    assert.deepEqual(
      checks.map((c) => [c.name, c.status]),
      ['types', 'look-ahead', 'replay', 'warm-up', 'determinism'].map((name) => [name, 'passed']),
    );
  });

  test('the future read from a file -> look-ahead is not certain, as cut histories do not show it', () => {
    const before = "import { existsSync } from 'node:fs';";
    const found = checksOf('reader', honest.replace('c.price >', 'existsSync("/") && c.price >'), before);
    const { status, text, detail } = found.find((c) => c.name === 'look-ahead')!;
    assert.deepEqual([status, text], ['warning', 'look-ahead not certain: the strategy imports node:fs']);
    assert.match(detail!, /may know the future/);
  });

  test('the hour of the machine’s zone decides -> not deterministic: the second process lies in another', () => {
    const found = checksOf('zoned', honest.replace('c.price >', 'new Date(c.now).getHours() > 11 && c.price >'));
    const { status, detail } = found.find((c) => c.name === 'determinism')!;
    assert.equal(status, 'failed');
    assert.match(detail!, /must not read the clock, the time zone/);
  });

  test('an order from a promise that the handler only began -> refused with the call, its line and what to do', () => {
    const patient = honest
      .replace('c.buy(', 'void Promise.resolve().then(() => c.buy(')
      .replace("'above' })", "'above' }))");
    assert.throws(
      () => checksOf('patient', patient),
      ({ status, stdout }: { status: number; stdout: string }) => {
        const { code, message, details } = JSON.parse(stdout).error;
        assert.deepEqual([status, code, details.call, details.line], [1, 'strategy-failed', 'buy', 9]);
        assert.match(
          message,
          /none of its handlers was running.*must do everything before it returns; declare a source/,
        );
        return true;
      },
    );
  });

  test('a misspelt member -> types failed, with file and line', () => {
    const checks = checksOf('misspelt', honest.replace('c.position.isOpen', 'c.position.isOpn'));
    assert.equal(statusOf(checks, 'types'), 'failed');
    assert.match(checks.find((c) => c.name === 'types')!.detail!, /misspelt\.ts\(\d+,\d+\): error .*isOpn/);
  });

  test('a decision by the process number -> determinism failed in the second process', () => {
    const cheat = `if (c.data.main.index % 7 === 3 && !c.position.isOpen) c.buy({ size: { qty: 0.001 + (pid % 97) * 1e-5 }, why: 'pid' });
    else c.position.close('out');`;
    const checks = checksOf(
      'by-process',
      cheat,
      "// @ts-expect-error node's types are not asked for\nimport { pid } from 'node:process';",
    );
    const found = checks.find((c) => c.name === 'determinism')!;
    assert.equal(found.status, 'failed');
    assert.match(found.detail!, /events [0-9a-f]{32} here, [0-9a-f]{32} there/);
  });
});
