import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

const ALL = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** All that a theme can change: it has nothing but colours. */
const OF_COLORS = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };

/** What axe finds against WCAG 2.2 A and AA, a line each. `what`: everything, or what another theme of a page that was looked at may have. */
export async function violations(page: Page, what: 'all' | 'colors' = 'all'): Promise<readonly string[]> {
  // By the debugger, past the policy of the page, which runs no such script.
  await page.evaluate(AXE);
  const runOnly = JSON.stringify(what === 'all' ? ALL : OF_COLORS);
  const found = await page.evaluate(`axe.run(document, { runOnly: ${runOnly} }).then(({ violations }) => violations)`);
  return (found as readonly Violation[]).flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
  );
}
