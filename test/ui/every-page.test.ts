import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { PAGES } from '../../web/src/shell/page-names.ts';
import { violations } from './axe.ts';
import { DESK_SKIP, type Desk, openDesk } from './desk-scene.ts';
import { wire } from './wire.ts';

async function settled(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'KILL' }).waitFor();
  await page.waitForFunction(() => document.querySelectorAll('main [role=status]').length === 0);
}

/** Another page of the desk that is loaded, as a link leads there; it shows what it has. */
async function goTo(page: Page, { path, name }: (typeof PAGES)[number]): Promise<void> {
  await page.evaluate((to) => history.pushState({}, '', to), path);
  await page.getByRole('heading', { level: 1, name: new RegExp(`^${name}`) }).waitFor({ state: 'attached' });
  await settled(page);
}

/** What follows the size of the window has done so: it is told of it in one frame, and shows it in the next. */
const drawn = (page: Page): Promise<void> =>
  page.evaluate(
    () => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
  );

/** Notes what goes wrong in a page by itself: errors that nobody catches, and what its policy refuses. */
function listen(page: Page, faults: string[]): void {
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) faults.push(message.text());
  });
}

/** What lies beyond an edge: of the window, of the page in it, or of a cell with a number, part of which would be another number. */
const beyondEdges = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const [root, main] = [document.documentElement, document.getElementById('page')!];
    const cut = [...document.querySelectorAll<HTMLElement>('main [role=cell], main td')].filter(
      (cell) =>
        cell.clientWidth > 0 &&
        cell.scrollWidth > cell.clientWidth + 1 &&
        /^[▲▼+−]*[\d.,]+( %)?$/.test(cell.textContent!.trim()),
    );
    return [
      ...(root.scrollWidth > innerWidth ? [`window: ${root.scrollWidth} px wide in ${innerWidth}`] : []),
      ...(root.scrollHeight > innerHeight ? [`window: ${root.scrollHeight} px high in ${innerHeight}`] : []),
      ...(main.scrollWidth > main.clientWidth ? [`page: ${main.scrollWidth} px wide in ${main.clientWidth}`] : []),
      ...cut.map((cell) => `number: ${cell.textContent}`),
    ];
  });

describe('every page of the desk', { skip: DESK_SKIP }, () => {
  let desk: Desk;
  before(async () => {
    desk = await openDesk();
  });
  afterEach(() => desk.closePages());
  after(() => desk.close());

  for (const { path, name } of PAGES)
    test(`${name} -> no fault of accessibility in either theme, none of the page, nothing that its policy refuses, nothing beyond its edge at 360 px`, async () => {
      const faults: string[] = [];
      const page = await desk.open(path, { prepare: async (opened) => listen(opened, faults) });
      await settled(page);
      for (const [theme, what] of [
        ['dark', 'all'],
        ['light', 'colors'],
      ] as const) {
        await page.evaluate((chosen) => {
          document.documentElement.dataset['theme'] = chosen;
        }, theme);
        assert.deepEqual(await violations(page, what), [], theme);
      }
      await page.setViewportSize({ width: 360, height: 800 });
      await drawn(page);
      assert.deepEqual(await beyondEdges(page), []);
      assert.ok(await page.getByRole('combobox', { name: 'Session' }).isVisible(), 'whose figures these are');
      assert.equal(await page.title(), `${name} · Tradewright`);
      assert.deepEqual(faults, []);
    });

  test('a session of a long name -> stays within the edges of every page and of the kill switch at 360 px', async () => {
    const long = 'x'.repeat(60);
    const renamed = ({ sessions, ...rest }: { readonly sessions: readonly object[] }) => ({
      ...{ ...rest, sessions: sessions.map((each) => ({ ...each, session: long })) },
    });
    const between = wire({
      change: (operation, state) => (operation === 'status' ? renamed(state as never) : state),
    });
    const page = await desk.open('/risk', { width: 360, prepare: between.prepare });
    for (const each of PAGES) {
      await goTo(page, each);
      await page.getByRole('combobox', { name: 'Session' }).waitFor();
      await page.waitForTimeout(300);
      assert.deepEqual(await beyondEdges(page), [], each.path);
    }
    await page.getByRole('button', { name: 'KILL' }).click();
    const dialog = page.getByRole('dialog', { name: 'Stop trading' });
    await dialog.getByText(/^Reaches x+/).waitFor();
    const [wide, room] = await dialog.evaluate((each) => {
      const body = each.lastElementChild!;
      return [body.scrollWidth, body.clientWidth];
    });
    assert.ok(wide! <= room!, `${wide} px wide in ${room}`);
  });

  test('the policy of the page -> lets everything be drawn that is, on the way through all pages too', async () => {
    const faults: string[] = [];
    const page = await desk.open('/', { prepare: async (opened) => listen(opened, faults) });
    for (const each of PAGES) await goTo(page, each);
    await page.goto(`${desk.url}/chart`);
    const mark = page.locator('#tv-attr-logo').first();
    await mark.waitFor();
    assert.equal(await mark.evaluate((each) => getComputedStyle(each).position), 'absolute');
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).overflow), 'hidden');
    assert.deepEqual(faults, []);
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

describe('every page of a desk where nothing was begun', { skip: DESK_SKIP }, () => {
  let desk: Desk;
  before(async () => {
    desk = await openDesk([]);
  });
  after(() => desk.close());

  test('each -> says what is missing, and waits for nothing', async () => {
    const page = await desk.open('/');
    for (const each of PAGES) await goTo(page, each);
    await page.goto(`${desk.url}/risk`);
    await page.getByText('Here stand the limits of a session, by name.').waitFor();
    await page.getByText('Here stands what risk refused in a session.').waitFor();
  });
});
