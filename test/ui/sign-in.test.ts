import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Browser, chromium } from 'playwright-core';
import { type RunningScene, Scene } from '../e2e/command-line.ts';
import { freePort } from '../servers/free-port.ts';
import { buildDesk, CHROMIUM, DESK_SKIP, PATIENCE_MS } from './desk-scene.ts';

const PASSWORD = 'a pass phrase of 5 words';

describe('sign-in at the desk', { skip: DESK_SKIP }, () => {
  const scene = new Scene();
  let server: RunningScene;
  let browser: Browser;
  let url = '';
  before(async () => {
    await buildDesk();
    const added = await scene.run(['users', 'add', 'ann'], {}, `${PASSWORD}\n`);
    assert.equal(added.code, 0, added.err);
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    server = await scene.startRunning(['serve', '--require-key', '--port', String(port)]);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
  });
  after(async () => {
    await browser?.close();
    await server?.end();
    scene.remove();
  });

  test('a wrong password, then the right one -> why not, a field to type it again, and then the page that was asked for', async () => {
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(`${url}/data`);
    await page.getByLabel('Name').fill('ann');
    await page.getByLabel('Password').fill('another');
    await page.keyboard.press('Enter');
    await page.getByText('there is no user of this name with this password').waitFor();
    assert.equal(await page.getByLabel('Password').inputValue(), '');
    assert.equal(await page.getByLabel('Name').inputValue(), 'ann');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Data', exact: true }).first().waitFor();
    assert.equal(new URL(page.url()).pathname, '/data');
  });
});
