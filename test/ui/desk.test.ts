import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { DESK_SKIP, type Desk, openDesk, PATIENCE_MS } from './desk-scene.ts';

describe('desk', { skip: DESK_SKIP }, () => {
  let desk: Desk;
  before(async () => {
    desk = await openDesk();
  });
  afterEach(() => desk.closePages());
  after(() => desk.close());

  test('overview -> the session of the demo, branded as play money on a synthetic market, and no request leaves the machine', async () => {
    const page = await desk.open('/');
    const foreign: string[] = [];
    const faults: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(desk.url)) foreign.push(request.url());
    });
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    await page.reload();
    await page.getByText('play money, synthetic market').waitFor();
    await page.getByRole('heading', { name: 'Equity and drawdown' }).waitFor();
    await page.getByRole('region', { name: 'Account' }).getByText('10,000.00').first().waitFor();
    assert.deepEqual(foreign, []);
    assert.deepEqual(faults, []);
  });

  test('a fill comes over the socket -> it is listed without a reload, its row opens what led to it, and the steps are ticked', async () => {
    const page = await desk.open('/');
    const fills = page.getByRole('table', { name: 'Last fills' });
    // The strategy acts within a minute; whoever cannot wait orders by hand.
    await fills
      .getByRole('row', { name: /^Why of fill/ })
      .first()
      .waitFor({ timeout: 2 * PATIENCE_MS });
    await page.locator('[data-step="fill"][data-done="true"]').waitFor();
    await fills
      .getByRole('row', { name: /^Why of fill/ })
      .first()
      .focus();
    await page.keyboard.press('Enter');
    const why = page.getByRole('dialog', { name: /^Why of fill/ });
    await why.getByText(/^Risk: \d+ rules$/).waitFor();
    await why.getByText('Reports of the venue').waitFor();
    await why
      .getByText(/SMA 5 crossed/)
      .first()
      .waitFor();
    await page.keyboard.press('Escape');
    await why.waitFor({ state: 'detached' });
    await page.locator('[data-step="why"][data-done="true"]').waitFor();
  });

  test('time travel -> the desk shows a moment of the past in every page, does nothing, and comes back', async () => {
    const page = await desk.open('/events');
    const slider = page.getByRole('slider', { name: 'Time that the desk shows' });
    await slider.waitFor();
    await page
      .getByRole('table', { name: 'Events' })
      .getByText('order-filled')
      .first()
      .waitFor({ timeout: 2 * PATIENCE_MS });
    await slider.focus();
    await page.keyboard.press('Home');
    await page.getByText(/^As it stood on/).waitFor();
    assert.match(page.url(), /[?&]at=/);
    assert.ok(await page.getByRole('button', { name: 'KILL' }).isEnabled(), 'stopping is always possible');
    await page.getByRole('link', { name: 'Overview' }).first().click();
    await page.getByRole('region', { name: 'Last fills' }).getByText('No fill yet').waitFor();
    await page.getByRole('button', { name: 'Back to now' }).click();
    await page.getByRole('table', { name: 'Last fills' }).waitFor();
    assert.doesNotMatch(page.url(), /[?&]at=/);
  });

  test('kill switch by keyboard -> held, told on every page, and re-armed by typing the scope', async () => {
    const page = await desk.open('/');
    await page.getByText('play money, synthetic market').waitFor();
    await page.locator('body').press('Control+k');
    await page.keyboard.type('stop trading');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Stop trading' });
    await dialog.getByRole('radio', { name: /Reduce only/ }).check();
    const hold = dialog.getByRole('button', { name: /^Hold to/ });
    await hold.focus();
    await page.keyboard.down('Enter');
    await dialog.getByText(/reduce holds/).waitFor();
    assert.doesNotMatch((await dialog.textContent())!, / left/, 'orders and positions stay, however many there are');
    await page.keyboard.up('Enter');
    await page.keyboard.press('Escape');
    await page
      .getByRole('alert')
      .getByText(/^Trading is held: reduce/)
      .waitFor();
    await page.locator('[data-step="kill"][data-done="true"]').waitFor();
    await page.getByRole('link', { name: 'Look and re-arm' }).click();
    await page.getByText(/^REDUCING/).waitFor();
    const words = await page.locator('form code').first().textContent();
    await page.getByLabel(/^Type/).fill('something else');
    await page.getByLabel('Why it may go on').fill('looked at it');
    assert.ok(await page.getByRole('button', { name: 'Re-arm', exact: true }).isDisabled(), 'the scope is not typed');
    await page.getByLabel(/^Type/).fill(words!);
    await page.getByRole('button', { name: 'Re-arm', exact: true }).click();
    await page.getByText(/^ACTIVE/).waitFor();
  });

  test('K is held while prices come -> the kill switch opens', async () => {
    const page = await desk.open('/');
    await page.getByText('play money, synthetic market').waitFor();
    await page.getByRole('region', { name: 'Account' }).getByText('Bars seen').waitFor();
    await page.keyboard.down('k');
    await page.getByRole('dialog', { name: 'Stop trading' }).waitFor({ timeout: 10_000 });
    await page.keyboard.up('k');
  });

  test('what-if -> every rule with its numbers; a refusal says which rule', async () => {
    const page = await desk.open('/risk');
    const panel = page.getByRole('region', { name: 'What if' });
    await panel.getByLabel('Value in the quote currency').fill('999999');
    await panel.getByRole('button', { name: 'Ask risk' }).click();
    await panel.getByText('would be refused').waitFor();
    assert.ok((await panel.getByRole('listitem').count()) >= 3);
  });

  test('the server dies and comes again -> the page says so, keeps what it knows, and goes on without a reload', async () => {
    const page = await desk.open('/');
    await page.getByRole('region', { name: 'Account' }).getByText('Equity', { exact: true }).waitFor();
    await page.evaluate(() => Object.assign(window, { isSamePage: true }));
    await desk.crash();
    await page.getByText(/^No connection to the server/).waitFor();
    await page
      .getByRole('region', { name: 'Account' })
      .getByText(/^Not connected/)
      .waitFor();
    // A page that was never opened cannot be brought; the frame stays, with all that is known.
    await page.getByRole('link', { name: 'Data', exact: true }).click();
    await page.getByText('It is opened as soon as the server is back.').waitFor();
    assert.ok(await page.getByRole('button', { name: 'KILL' }).isEnabled());
    await desk.restart();
    await page.getByText(/^No connection to the server/).waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: 'Catalogue' }).waitFor();
    await page.getByRole('link', { name: 'Overview' }).first().click();
    // The session of the new start is a new one.
    await page.getByRole('region', { name: 'Strategies at work' }).getByText(desk.session).waitFor();
    assert.equal(await page.evaluate(() => 'isSamePage' in window), true);
  });
});
