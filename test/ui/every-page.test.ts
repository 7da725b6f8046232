import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { PAGES } from '../../web/src/shell/page-names.ts';
import { ROOT } from '../e2e/command-line.ts';
import { violations } from './axe.ts';
import { DESK_SKIP, type Desk, openDesk } from './desk-scene.ts';

const PICTURES = join(ROOT, 'build/pictures');

async function settled(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'KILL' }).waitFor();
  await page.waitForFunction(() => document.querySelectorAll('main [role=status]').length === 0);
}

describe('every page of the desk', { skip: DESK_SKIP }, () => {
  let desk: Desk;
  before(async () => {
    desk = await openDesk();
    mkdirSync(PICTURES, { recursive: true });
  });
  afterEach(() => desk.closePages());
  after(() => desk.close());

  for (const { path, name } of PAGES)
    test(`${name} -> no fault of accessibility in either theme, none of the page, nothing beyond its edge at 360 px`, async () => {
      const page = await desk.open(path);
      const faults: string[] = [];
      page.on('pageerror', (error) => faults.push(error.message));
      await settled(page);
      for (const theme of ['dark', 'light']) {
        await page.evaluate((chosen) => {
          document.documentElement.dataset['theme'] = chosen;
        }, theme);
        assert.deepEqual(await violations(page), [], theme);
        await page.screenshot({ path: join(PICTURES, `${name.toLowerCase()}-${theme}.png`) });
      }
      await page.setViewportSize({ width: 360, height: 800 });
      await page.screenshot({ path: join(PICTURES, `${name.toLowerCase()}-360.png`) });
      const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
      assert.ok(wide! <= room!, `${wide} px wide in ${room} px`);
      assert.deepEqual(faults, []);
    });

  test('the policy of the page -> lets everything be drawn that is, and refuses nothing that was to be', async () => {
    const page = await desk.open('/');
    const refused: string[] = [];
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) refused.push(message.text());
    });
    for (const { path } of PAGES) {
      await page.goto(`${desk.url}${path}`);
      await settled(page);
    }
    await page.goto(`${desk.url}/chart`);
    const mark = page.locator('#tv-attr-logo').first();
    await mark.waitFor();
    assert.equal(await mark.evaluate((each) => getComputedStyle(each).position), 'absolute');
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).overflow), 'hidden');
    assert.deepEqual(refused, []);
  });

  test('keyboard only -> every page is reached and its first control has a visible focus', async () => {
    const page = await desk.open('/');
    await settled(page);
    for (const { path, name, keys } of PAGES) {
      const [first, second] = keys.split(' ');
      const chord = async (): Promise<void> => {
        await page.keyboard.press(first!);
        await page.keyboard.press(second!);
        await page.waitForURL((url) => url.pathname === path, { timeout: 10_000 });
      };
      // On a busy machine the second key may come so late that it is none of the first: whoever types it does so again.
      await chord().catch(chord);
      await page.getByRole('heading', { level: 1, name: new RegExp(`^${name}`) }).waitFor({ state: 'attached' });
    }
    await page.keyboard.press('Tab');
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle);
    assert.notEqual(outline, 'none');
    // The way out is the first thing after the link past the frame.
    await page.reload();
    await settled(page);
    const names: string[] = [];
    for (let k = 0; k < 3; k++) {
      await page.keyboard.press('Tab');
      names.push(await page.evaluate(() => document.activeElement!.textContent ?? ''));
    }
    assert.ok(
      names.some((each) => each.includes('KILL')),
      names.join(' | '),
    );
  });
});
