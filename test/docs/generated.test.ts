import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { generatedPages } from '../../scripts/generate-docs.ts';
import { FAILURES } from '../../src/api/failures.ts';
import { catalogue } from '../../src/core/indicators/catalogue.ts';
import { limitsSchema } from '../../src/core/risk/limits.ts';
import { builtInStrategies } from '../../src/core/strategy/catalogue.ts';
import { pages, readPage, root } from './pages.ts';

const generated = await generatedPages();

for (const [path, text] of generated)
  test(`generated page: docs/${path} -> what the code says now (else: npm run docs)`, () => {
    // Pages written by hand may speak of undefined.
    if (path.endsWith('.md')) assert.doesNotMatch(text, /undefined|\[object/);
    assert.equal(readPage(`docs/${path}`), text);
  });

test('failures: every code -> a page that exists and an anchor of its own', () => {
  const errors = generated.get('reference/exit-codes-and-errors.md')!;
  for (const [code, { docs }] of Object.entries(FAILURES)) {
    const [page] = docs.split('#');
    assert.ok(existsSync(join(root, 'docs', `${page}.md`)), `${code}: docs/${page}.md`);
    assert.ok(errors.includes(`\n### ${code}\n`), code);
  }
});

test('indicators: every one of the catalogue -> how it is called', () => {
  const page = generated.get('reference/indicators.md')!;
  const lacking = catalogue.filter((i) => !new RegExp(`### ${i.name}\n\n.*\`ta\\.\\w+\\(`).test(page));
  assert.deepEqual(
    lacking.map((i) => i.name),
    [],
  );
});

test('metrics: every one -> a definition', () => {
  assert.doesNotMatch(generated.get('reference/metrics.md')!, /Not described|As computed/);
});

test('README: what it counts -> as many as there are', () => {
  const text = readPage('README.md');
  assert.match(text, new RegExp(`\\[${catalogue.length}, with formula`));
  assert.match(text, new RegExp(`\\[${builtInStrategies.length}, each with when it fails`));
  assert.match(text, new RegExp(`\\b${Object.keys(limitsSchema.shape).length} settings`));
});

test('texts for programs: every page -> a line of the index, with a link that leads there', () => {
  const index = generated.get('llms.txt')!;
  const links = [...index.matchAll(/^- \[[^\]]+\]\(([^)]+)\): \S.*$/gm)].map((m) => m[1]!);
  assert.deepEqual(
    links.map((link) => `docs/${link}`).sort(),
    pages.filter((page) => page.startsWith('docs/') && page !== 'docs/index.md'),
  );
  const whole = generated.get('llms-full.txt')!;
  for (const link of links) assert.equal(whole.includes(`<!-- docs/${link} -->`), !link.startsWith('decisions/'), link);
});
