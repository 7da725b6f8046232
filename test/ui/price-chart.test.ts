import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { openScenes } from '../../bench/desk/scenes.ts';
import { CHROMIUM, DESK_SKIP, PATIENCE_MS } from './desk-scene.ts';

const TICK = '0.00001';

describe('price chart alone', { skip: DESK_SKIP }, () => {
  let scenes: Awaited<ReturnType<typeof openScenes>>;
  let browser: Browser;
  before(async () => {
    scenes = await openScenes();
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
  });
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
  after(async () => {
    await browser?.close();
    scenes?.close();
  });

  async function open(): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 900, height: 600 } });
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(scenes.url);
    return page;
  }

  /** The chart once it has been drawn. */
  async function show(page: Page, above: number): Promise<void> {
    await page.evaluate(`scenes.lines(${above}, '${TICK}')`);
    await page.locator('canvas').first().waitFor();
    await page.evaluate(
      'new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(drawn))))',
    );
  }

  const drawnTo = (page: Page): Promise<readonly { readonly id: string; readonly price: string }[]> =>
    page.evaluate('scenes.drawnTo');

  /** Points at the line, wherever it is. */
  async function pointAt(page: Page): Promise<{ readonly x: number; readonly y: number }> {
    const box = (await page.getByRole('application').boundingBox())!;
    const x = box.x + 200;
    for (let y = box.y + 4; y < box.y + box.height; y += 4) {
      await page.mouse.move(x, y);
      const cursor = await page.getByRole('application').evaluate((element) => (element as HTMLElement).style.cursor);
      if (cursor === 'ns-resize') return { x, y };
    }
    throw new Error('no line can be held');
  }

  test('an order drawn to another price -> told once, exactly on the tick, however short the price was written', async () => {
    const page = await open();
    await show(page, 0);
    const { x, y } = await pointAt(page);
    await page.mouse.down();
    await page.mouse.move(x, y - 37);
    await page.mouse.move(x, y - 41);
    await page.mouse.up();
    const [told, ...others] = await drawnTo(page);
    assert.deepEqual([told?.id, others], ['order', []]);
    assert.match(told!.price, /^1\.1\d{3,4}$/);
  });

  test('a line that is held and not drawn, a gesture that is taken away -> nothing is told, and the line is where it was', async () => {
    const page = await open();
    await show(page, 0);
    const { x, y } = await pointAt(page);
    await page.mouse.down();
    await page.mouse.up();
    await page.mouse.down();
    await page.mouse.move(x, y - 60);
    await page.getByRole('application').dispatchEvent('pointercancel');
    await page.mouse.up();
    assert.deepEqual(await drawnTo(page), []);
    await page.mouse.move(x, y - 60);
    assert.ok(Math.abs((await pointAt(page)).y - y) <= 4);
  });

  test('bars of another market with the same times -> all of them are drawn, and nothing is left of those before', async () => {
    const pictures: Buffer[] = [];
    for (const before of [0, 0.9]) {
      const page = await open();
      await show(page, before);
      await show(page, 0.5);
      pictures.push(await page.screenshot());
    }
    assert.ok(pictures[0]!.equals(pictures[1]!), 'the same bars, and what was there before shows');
  });
});
