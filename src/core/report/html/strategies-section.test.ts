import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Report } from '../report.ts';
import { renderMarkdown } from './markdown.ts';
import { renderHtml } from './page.ts';
import { exampleReport } from './test/example-report.ts';

const report = exampleReport();

test('several strategies -> what each did behind the results; one alone -> no such section', () => {
  const of = { version: '1', about: '', codeHash: 'c', params: { fast: 5 } };
  const both: Report = {
    ...report,
    strategy: [
      { ...of, id: 'trend', about: 'Follows `fast`.' },
      { ...of, id: 'slow', of: 'trend' },
    ],
    byStrategy: [
      { strategy: 'trend', share: 0.7, trades: 12, open: 0, profit: 120.5, fees: 3 },
      { strategy: 'slow', share: 0.3, trades: 2, open: 1, profit: -20.25, fees: 0.4 },
    ],
  };
  const text = renderHtml(both);
  assert.match(text, /<section id="results">.*<section id="strategies">.*<section id="checks">/s);
  const [row] = /<tr><th scope="row">slow<\/th>.*?<\/tr>/s.exec(text)!;
  for (const cell of ['30.00', '>2<', '>1<', '−20.25', '0.40']) assert.ok(row.includes(cell), `${cell} in ${row}`);
  assert.ok(text.includes('trend@1 + slow (trend@1)'));
  assert.ok(text.includes('slow.fast = 5'), 'whose parameter it is');
  assert.ok(text.includes('<p class="about"><strong>trend</strong> Follows <code>fast</code>.</p>'));
  assert.ok(!renderHtml(report).includes('id="strategies"'));
  assert.match(renderMarkdown(both), /\| by strategy .*\n\|---.*\n\| trend \| 70\.00.*\n\| slow \| 30\.00.*−20\.25/);
});
