import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Browser, chromium as driver } from 'playwright-core';
import { renderHtml } from '../../src/core/report/html/page.ts';
import { exampleReport } from '../../src/core/report/html/test/example-report.ts';
import type { Report } from '../../src/core/report/report.ts';
import { chromium, FLAGS } from './chromium.ts';

/** A run of one month: eleven cells of its year say that they have no data. */
function oneMonth(): Report {
  const report = exampleReport();
  const months = [0.01, ...Array.from({ length: 11 }, () => null)];
  return { ...report, returns: { ...report.returns, monthly: [{ year: 2023, months, total: 0.01 }] } };
}

describe('report in Chromium', { skip: chromium === undefined ? 'no Chromium here' : false }, () => {
  let browser: Browser;
  before(async () => {
    browser = await driver.launch({ executablePath: chromium!, args: [...FLAGS] });
  });
  after(() => browser.close());

  for (const [width, colorScheme] of [
    [375, 'light'],
    [375, 'dark'],
    [1440, 'light'],
  ] as const)
    test(`${width} px wide, ${colorScheme} -> nothing reaches beyond the page, no script fails`, async () => {
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      await page.setContent(renderHtml(oneMonth()));
      const widths = await page.evaluate(
        '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
      );
      assert.deepEqual([widths, errors], [[width, width], []]);
      await page.close();
    });
});
