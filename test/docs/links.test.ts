import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { anchor } from '../../scripts/docs/markdown.ts';
import { pages, proseOf, readPage, root } from './pages.ts';

const checked = [...pages, 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md'];

/** Anchors that a page offers. */
function anchorsOf(page: string): ReadonlySet<string> {
  const text = readPage(page).replace(/^```[\s\S]*?^```$/gm, '');
  const headings = [...text.matchAll(/^#{1,6} (.+)$/gm)].map((m) => anchor(m[1]!));
  return new Set([...headings, ...[...text.matchAll(/<a id="([^"]+)">/g)].map((m) => m[1]!)]);
}

/** What is wrong with a link, or null. */
function complaint(page: string, target: string): string | null {
  if (/^https?:/.test(target)) return null;
  const [path = '', fragment] = target.split('#');
  const file = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(root, file))) return `${page}: no ${target}`;
  if (fragment === undefined || !file.endsWith('.md')) return null;
  return anchorsOf(file).has(fragment) ? null : `${page}: ${file} has no #${fragment}`;
}

describe('links', () => {
  test('every relative link -> a file, and an anchor where one is named', () => {
    const dead = checked.flatMap((page) =>
      [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].flatMap((m) => complaint(page, m[1]!) ?? []),
    );
    assert.deepEqual(dead, []);
  });

  test('the check itself: dead links -> found', () => {
    assert.match(complaint('README.md', 'docs/absent.md') ?? '', /no docs\/absent\.md/);
    assert.match(complaint('docs/index.md', 'reference/cli.md#absent') ?? '', /no #absent/);
    assert.equal(complaint('docs/index.md', 'reference/cli.md#data-import'), null);
  });

  test('every page of the documentation -> says first what it gives and how long it takes', () => {
    const silent = pages
      .filter((page) => /^docs\/(index|tutorials|how-to|explanation|reference)/.test(page))
      .filter((page) => !/\d+ minutes?|To look things up/.test(readPage(page).split('\n\n')[1] ?? ''));
    assert.deepEqual(silent, []);
  });

  test('every page of the documentation -> reached from its index', () => {
    const index = readPage('docs/index.md');
    const unreached = pages
      .filter((page) => /^docs\/(tutorials|how-to|explanation|reference)\//.test(page))
      .filter((page) => !index.includes(`(${page.slice('docs/'.length)})`));
    assert.deepEqual(unreached, []);
  });

  test('picture of the report -> there, below 300 kB', () => {
    assert.ok(statSync(join(root, 'docs/pictures/report.png')).size < 300_000);
  });
});
