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
    for (const user of [['ann'], ['root', '--scope', 'read', '--scope', 'admin']]) {
      const added = await scene.run(['users', 'add', ...user], {}, `${PASSWORD}\n`);
      assert.equal(added.code, 0, added.err);
    }
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

  test('signed in without the scope admin -> told that one does not have it, and until when one is signed in in words', async () => {
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(`${url}/connections`);
    await page.getByLabel('Name').fill('ann');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByText(/need the scope admin, which you do not have: sign in as somebody who has it/).waitFor();
    await page.goto(`${url}/settings`);
    await page.getByText(/which you do not have\. At a terminal/).waitFor();
    await page.getByText(/^signed in until \d{4}-\d\d-\d\d \d\d:\d\d$/).waitFor();
  });

  test('an account is added, its keys replaced -> kept, and no field or page has them any more', async () => {
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(`${url}/connections`);
    await page.getByLabel('Name').fill('root');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Add an account …' }).click();
    const adding = page.getByRole('dialog', { name: 'Add an account' });
    await adding.getByLabel('Venue').selectOption('ccxt:okx');
    await adding.getByLabel('API passphrase').waitFor();
    await adding.getByLabel('Venue').selectOption('local');
    await adding.getByLabel('API passphrase').waitFor({ state: 'detached' });
    await adding.getByLabel('Label').fill('desk');
    await adding.getByLabel('No test').check();
    await adding.getByLabel(/^API key/).fill('my key');
    await adding.getByLabel(/^API secret/).fill('my-secret');
    await adding.getByRole('button', { name: 'Try and keep the keys' }).click();
    await adding
      .getByText(/expected letters, digits and signs without spaces/)
      .first()
      .waitFor();
    await adding.getByLabel(/^API key/).fill('my-key');
    await adding.getByRole('button', { name: 'Try and keep the keys' }).click();
    await adding.waitFor({ state: 'detached' });
    await page.getByRole('listitem').filter({ hasText: 'LOCAL' }).getByText('desk', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Replace its keys …' }).click();
    const replacing = page.getByRole('dialog', { name: 'New keys of desk' });
    assert.equal(await replacing.getByLabel(/^API secret/).inputValue(), '');
    await replacing.getByLabel('No test').check();
    await replacing.getByLabel(/^API key/).fill('other-key');
    await replacing.getByLabel(/^API secret/).fill('other-secret');
    await replacing.getByRole('button', { name: 'Try and replace' }).click();
    await replacing.waitFor({ state: 'detached' });
    assert.doesNotMatch(await page.content(), /my-key|my-secret|other-key|other-secret/);
    const stored = await page.evaluate(() =>
      JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)]),
    );
    assert.doesNotMatch(stored, /my-key|my-secret|other-key|other-secret/);
  });
});
