import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { DESK_SKIP, type Desk, openDesk } from './desk-scene.ts';

describe('limits and jobs at the desk', { skip: DESK_SKIP }, () => {
  let desk: Desk;
  before(async () => {
    desk = await openDesk();
  });
  afterEach(() => desk.closePages());
  after(() => desk.close());

  test('a limit made looser -> said first what it would do, set only with the scope typed, then in force and in the history', async () => {
    const page = await desk.open('/risk');
    const form = page.getByRole('region', { name: 'Change limits' });
    await form.getByLabel('Limit', { exact: true }).selectOption('positionPct');
    await form.getByLabel(/^New value/).fill('150');
    await form.getByLabel('Why, for the journal').fill('a wider mandate');
    await form.getByRole('button', { name: 'See what it would do' }).click();
    await form.getByText(/set positionPct of .* from 100 to 150/).waitFor();
    await form.getByText('to be confirmed').waitFor();
    const set = form.getByRole('button', { name: 'Set limits' });
    assert.ok(await set.isDisabled(), 'the scope is not typed');
    const confirm = form.getByLabel(/^Type the scope/);
    await confirm.fill('account:another');
    await set.click();
    await form.getByRole('alert').getByText('not-confirmed').waitFor();
    const [, scope] = /--confirm (\S+)$/.exec((await form.getByText(/it takes --confirm/).textContent())!)!;
    await confirm.fill(scope!);
    await set.click();
    await page.getByRole('tab', { name: 'Changes (1)' }).click();
    const changes = page.getByRole('list', { name: 'Changes of limits' });
    await changes.getByText('100 % → 150 %').waitFor();
    await changes.getByText('looser').waitFor();
    await changes.getByText(/a wider mandate/).waitFor();
  });

  test('a limit made stricter -> set without the scope; how far it is used stands beside it', async () => {
    const page = await desk.open('/risk');
    const form = page.getByRole('region', { name: 'Change limits' });
    await form.getByLabel('Limit', { exact: true }).selectOption('accountOpenOrders');
    await form.getByLabel(/^New value/).fill('150');
    await form.getByLabel('Why, for the journal').fill('a quiet week');
    await form.getByRole('button', { name: 'See what it would do' }).click();
    await form.getByText('allowed', { exact: true }).waitFor();
    await form.getByRole('button', { name: 'Set limits' }).click();
    await page.getByRole('region', { name: 'Limits', exact: true }).getByText('0 of 150').waitFor();
    await page.getByRole('tab', { name: 'How far used' }).click();
    await page.getByRole('table', { name: 'How far limits are used' }).getByText('0 of 150').waitFor();
  });

  test('somebody else changes a limit after it was tried -> tried again, also where the page is frozen, and no dead end', async () => {
    const stricter = async (value: string): Promise<void> => {
      const given = { session: desk.session, reason: 'meanwhile', values: { orderValuePct: value } };
      assert.equal((await desk.command('limits/set', given)).status, 200);
    };
    const page = await desk.open('/risk');
    const form = page.getByRole('region', { name: 'Change limits' });
    await form.getByLabel('Limit', { exact: true }).selectOption('orderValuePct');
    await form.getByLabel(/^New value/).fill('80');
    await form.getByLabel('Why, for the journal').fill('a smaller size');
    const tryIt = form.getByRole('button', { name: 'See what it would do' });
    await tryIt.click();
    await form.getByText('allowed', { exact: true }).waitFor();
    await stricter('85');
    await tryIt.click();
    await form.getByText(/from 85 to 80/).waitFor();
    await page.getByRole('heading', { name: 'Change limits' }).click();
    await page.keyboard.press('.');
    await page.getByText(/^Frozen since/).waitFor();
    await stricter('50');
    await form.getByRole('button', { name: 'Set limits' }).click();
    await form.getByText(/from 50 to 80/).waitFor();
    await form.getByText('to be confirmed').waitFor();
    await form.getByLabel(/^Type the scope/).fill(`account:paper:${desk.session}`);
    await form.getByRole('button', { name: 'Set limits' }).click();
    await page.getByText(/^1 limits of .* are changed\.$/).waitFor();
  });

  test('jobs -> one that is added comes by itself and is done; one that fails says why and is tried again', async () => {
    const page = await desk.open('/system');
    const jobs = page.getByRole('region', { name: 'Jobs' });
    await jobs.getByText(/^No job yet/).waitFor();
    const add = (id: string, input: object): Promise<{ readonly status: number }> =>
      desk.command('jobs/add', { operation: 'backtest', id, input });
    assert.equal((await add('first', { strategy: 'sma-cross', data: ['synthetic'] })).status, 200);
    await jobs.getByRole('listitem', { name: 'backtest first' }).getByText('done', { exact: true }).waitFor();
    assert.equal((await add('second', { strategy: 'nobody-wrote-it', data: ['synthetic'] })).status, 200);
    const second = jobs.getByRole('listitem', { name: 'backtest second' });
    await second.getByText('failed', { exact: true }).waitFor();
    await second.getByText('strategy-unknown').waitFor();
    await second.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('second waits anew, with all its tries.').waitFor();
  });

  test('a schedule added -> refused by what is wrong with it, then there with its times and done as it is; removed -> gone', async () => {
    const page = await desk.open('/system');
    const schedules = page.getByRole('region', { name: 'Schedules' });
    await schedules.getByRole('button', { name: 'Add a schedule …' }).click();
    const form = page.getByRole('dialog', { name: 'Add a schedule' });
    await form.getByLabel(/^Name/i).fill('morning');
    await form.getByLabel(/^Operation/i).selectOption('backtest');
    await form.getByLabel(/^Cron/i).fill('0 25 * * *');
    await form.getByLabel(/^Input/i).fill('strategy = sma-cross\ndata=synthetic');
    await form.getByRole('button', { name: 'Add it' }).click();
    await form.getByText(/hour.*25|25.*hour/).waitFor();
    await form.getByLabel(/^Cron/i).fill('0 7 * * 1-5');
    await form.getByLabel(/^Time zone/i).fill('Europe/Berlin');
    await form.getByLabel(/^Input/i).fill('strategy = nobody\nfst=1');
    await form.getByRole('button', { name: 'Add it' }).click();
    await form.getByRole('alert').getByText(/fst/).waitFor();
    await form.getByLabel(/^Input/i).fill('strategy = sma-cross\ndata=synthetic\nparam=fast=5,slow=9');
    await form.getByRole('button', { name: 'Add it' }).click();
    const morning = schedules.getByRole('listitem', { name: 'morning' });
    await morning.getByText('Europe/Berlin').waitFor();
    await morning.getByRole('button', { name: 'Run now' }).click();
    await morning.getByText('done', { exact: true }).waitFor();
    await morning.getByRole('button', { name: 'Remove' }).click();
    await morning.waitFor({ state: 'detached' });
  });

  test('schedules, request limits -> a paused schedule that is let go on, what the session does by itself, what its venue allows', async () => {
    const page = await desk.open('/system');
    const schedules = page.getByRole('region', { name: 'Schedules' });
    const sync = schedules.getByRole('listitem', { name: 'data-sync' });
    await sync.getByText('paused', { exact: true }).waitFor();
    await sync.getByRole('button', { name: 'Resume' }).click();
    await sync.getByText('on', { exact: true }).waitFor();
    const own = schedules.getByRole('list', { name: 'Done by sessions' }).getByRole('listitem');
    assert.match((await own.first().textContent())!, /values what it holds.*every 30 s/);
    const weight = page.getByRole('meter', { name: /^weight in 1 min, LOCAL local, / });
    assert.match((await weight.getAttribute('aria-valuetext'))!, /^\d[\d,]* of 6,000$/);
  });
});
