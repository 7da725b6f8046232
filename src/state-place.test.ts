import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import pg from 'pg';
import { postgresMissing, postgresUrl } from '../test/servers/postgres.ts';
import { systemClock } from './adapters/system/clock.ts';
import { shared, statePlaceOf } from './state-place.ts';

describe('one thing for all who open it', () => {
  const scene = () => {
    const told: string[] = [];
    let isAway = false;
    const open = shared(async () => {
      told.push('opened');
      if (isAway) throw new Error('away');
      return { close: async () => void told.push('closed') };
    });
    return {
      ...{ told, open },
      away: (value: boolean) => {
        isAway = value;
      },
    };
  };

  test('opened by several at once, and later -> once; closed by each, also twice -> with the last', async () => {
    const { told, open } = scene();
    const [one, two] = await Promise.all([open(), open()]);
    const three = await open();
    await one.close();
    await one.close();
    await two.close();
    assert.deepEqual(told, ['opened']);
    await three.close();
    assert.deepEqual(told, ['opened', 'closed']);
    await (await open()).close();
    assert.deepEqual(told, ['opened', 'closed', 'opened', 'closed']);
  });

  test('it cannot be opened -> told to all who wait; the next one tries again', async () => {
    const { told, open, away } = scene();
    away(true);
    for (const { status } of await Promise.allSettled([open(), open()])) assert.equal(status, 'rejected');
    away(false);
    await (await open()).close();
    assert.deepEqual(told, ['opened', 'opened', 'closed']);
  });
});

test('state in PostgreSQL: latches, heartbeats and two leases -> over two connections, hints over one; none afterwards', {
  skip: postgresMissing,
}, async () => {
  const url = new URL(await postgresUrl());
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query('create database state_place');
  url.pathname = '/state_place';
  const count = async (): Promise<number> => {
    const { rows } = await client.query(
      "select count(*)::int as n from pg_stat_activity where datname = 'state_place'",
    );
    return (rows as { n: number }[])[0]!.n;
  };
  const setting = { homePath: '.', workingPath: '/', databaseUrl: url.href, databasePool: '50' };
  const place = statePlaceOf(setting, systemClock());
  const [latches, hints, heartbeats] = [await place.latches(), await place.hints(), await place.heartbeats()];
  const [one, other] = [await place.leases(), await place.leases()];
  const uses = async (): Promise<void> => {
    await latches.all();
    await heartbeats.all();
    await one.view('a');
    await other.view('b');
  };
  await uses();
  assert.equal(await count(), 2);
  const heard = new Promise<string>((resolve) => hints.listen(resolve));
  while ((await count()) < 3) await new Promise((resolve) => setTimeout(resolve, 20));
  hints.tell('look');
  assert.equal(await heard, 'look');
  assert.equal(await count(), 3);
  for (const each of [latches, hints, other]) await each.close();
  await heartbeats.all();
  await one.view('a');
  for (const each of [heartbeats, one]) await each.close();
  while ((await count()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await client.end();
});
