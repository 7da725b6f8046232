import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { reportCsv } from './csv.ts';
import { HEADLINES } from './lookup.ts';
import { renderMarkdown } from './markdown.ts';
import { exampleReport } from './test/example-report.ts';

/** Reads RFC 4180 text by its grammar. */
function parse(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quoted) {
      if (c === '"' && text[i + 1] === '"') cell += text[i++]!;
      else if (c === '"') quoted = false;
      else cell += c;
    } else if (c === '"') quoted = true;
    else if (c === ',') {
      row.push(cell);
      cell = '';
    } else if (c === '\r' && text[i + 1] === '\n') {
      rows.push([...row, cell]);
      row = [];
      cell = '';
      i++;
    } else cell += c;
  }
  assert.equal(cell, '', 'text ends with a line end');
  return rows;
}

const report = exampleReport({ trades: 20, days: 200 });

describe('reportCsv', () => {
  const files = reportCsv(report);

  test('four files -> a header, one row each, all of one width', () => {
    const rows = {
      'equity.csv': report.equity.timeMs.length,
      'returns.csv': report.returns.daily.value.length,
      'trades.csv': 20,
      'fills.csv': 40,
    };
    for (const [name, expected] of Object.entries(rows)) {
      const parsed = parse(files[name as keyof typeof files]);
      assert.equal(parsed.length, expected + 1, name);
      for (const row of parsed) assert.equal(row.length, parsed[0]!.length, name);
    }
  });

  test('numbers and times -> read back to the same values', () => {
    const [, first] = parse(files['trades.csv']);
    const trade = report.trades[0]!;
    assert.equal(Date.parse(first![5]!), trade.entryTimeMs);
    assert.match(first![5]!, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.equal(Number(first![10]), trade.profit);
    const [, day] = parse(files['returns.csv']);
    assert.match(day![0]!, /^\d{4}-\d\d-\d\d$/);
    assert.equal(Number(day![1]), report.returns.daily.value[0]);
  });

  test('quotes, commas, line ends in a reason -> quoted and doubled; missing -> empty', () => {
    const nasty = 'a "b", c\r\nd';
    const trade = { ...report.trades[0]!, entryWhy: nasty, exitWhy: null, exitTimeMs: null };
    const [, row] = parse(reportCsv({ ...report, trades: [trade] })['trades.csv']);
    assert.equal(row!.at(-2), nasty);
    assert.equal(row!.at(-1), '');
    assert.equal(row![6], '');
  });

  test('no benchmark -> an empty column', () => {
    const rows = parse(reportCsv({ ...report, equity: { ...report.equity, benchmark: null } })['equity.csv']);
    assert.ok(rows.slice(1).every((row) => row[2] === ''));
  });
});

describe('renderMarkdown', () => {
  const text = renderMarkdown(report);

  test('summary -> at most 40 lines with every headline figure', () => {
    assert.ok(text.split('\n').length <= 40);
    assert.equal(text.split('\n').filter((l) => l.startsWith('| ')).length, HEADLINES.length + 1);
    assert.match(text, /SYNTHETIC DATA/);
    assert.match(text, /^# sma-cross@1\.0\.0: backtest/);
  });

  test('many checks -> still at most 40 lines, and how many are left out', () => {
    const checks = Array.from({ length: 50 }, (_, i) => ({
      name: `c${i}`,
      status: 'passed' as const,
      text: `check ${i}`,
    }));
    const long = renderMarkdown({ ...report, checks, run: { ...report.run, partial: true } });
    assert.ok(long.split('\n').length <= 40);
    assert.match(long, /and 45 checks/);
  });

  test('markup in texts -> shown as written', () => {
    const strategy = [{ ...report.strategy[0]!, id: 'a|b<script>*x*' }];
    assert.match(renderMarkdown({ ...report, strategy }), /^# a\\\|b\\<script\\>\\\*x\\\*@/);
  });

  test('figure without a value -> n/a with its reason', () => {
    const metrics = report.metrics.map((m) => (m.name === 'sharpe' ? { ...m, value: null, reason: 'too-short' } : m));
    assert.match(renderMarkdown({ ...report, metrics }), /Sharpe.*\| n\/a \(the period is too short\) \|/);
  });
});
