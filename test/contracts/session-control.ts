import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SessionCommand } from '../../src/core/vocabulary/commands.ts';
import type { LatchStore } from '../../src/ports/latches.ts';
import type { CommandBox, CommandNews } from '../../src/ports/session-control.ts';

/** Latches and commands in one place. */
interface ControlPlace {
  readonly latches: LatchStore;
  readonly box: CommandBox;
}

export interface ControlSubject extends ControlPlace {
  /** The same place, as another process would open it. */
  readonly reopen: () => Promise<ControlPlace>;
  /** Writes a latch as a version of the program would that knows other words; null where nobody but us can write. */
  readonly plant: ((scope: string, target: string, level: string) => Promise<void>) | null;
  dispose(): Promise<void>;
}

const BY = { actor: 'ann', reason: 'drill' };
const PAUSE: SessionCommand = { type: 'pause-strategy', reason: 'lunch', strategy: 'swing' };
const refused = { done: false, code: 'session-ended', message: 'gone' } as const;

/** What every {@link LatchStore} and {@link CommandBox} must do. */
export function sessionControlContract(name: string, create: () => Promise<ControlSubject>): void {
  const check = (title: string, body: (subject: ControlSubject) => Promise<void>): void => {
    test(`session control (${name}): ${title}`, async () => {
      const subject = await create();
      try {
        await body(subject);
      } finally {
        await subject.dispose();
      }
    });
  };

  check('latch: never killed -> no row; killed -> seen by others, with who and why', async ({ latches, reopen }) => {
    assert.deepEqual(await latches.all(), []);
    const latch = await latches.raise('strategy', 'swing', 'halt', BY);
    const { atMs, ...rest } = latch;
    assert.deepEqual(rest, { scope: 'strategy', target: 'swing', level: 'halt', epoch: 0, into: 'active', ...BY });
    assert.ok(atMs > 0);
    const other = await reopen();
    assert.deepEqual(await other.latches.all(), [latch]);
    await other.latches.raise('system', '', 'pause', { actor: 'bob', reason: 'fire' });
    assert.deepEqual(
      (await latches.all()).map((each) => [each.scope, each.target, each.level, each.actor]),
      [
        ['strategy', 'swing', 'halt', 'ann'],
        ['system', '', 'pause', 'bob'],
      ],
    );
    await other.latches.close();
    await other.box.close();
  });

  check('latch: raised again -> it only rises, and a milder one changes nothing', async ({ latches }) => {
    await latches.raise('account', 'main', 'reduce', BY);
    const high = await latches.raise('account', 'main', 'flatten', { actor: 'bob', reason: 'worse' });
    assert.deepEqual([high.level, high.actor, high.reason], ['flatten', 'bob', 'worse']);
    assert.deepEqual(await latches.raise('account', 'main', 'halt', BY), high);
    assert.deepEqual(await latches.all(), [high]);
  });

  check('latch: re-armed -> no level, the next epoch; killed again -> a level in that epoch', async ({ latches }) => {
    await latches.raise('system', '', 'halt', BY);
    const free = await latches.rearm('system', '', 'reducing', { actor: 'bob', reason: 'looked at it' });
    assert.deepEqual([free.level, free.epoch, free.into, free.actor], [null, 1, 'reducing', 'bob']);
    const again = await latches.raise('system', '', 'pause', BY);
    assert.deepEqual([again.level, again.epoch], ['pause', 1]);
    assert.equal((await latches.rearm('system', '', 'active', BY)).epoch, 2);
    assert.equal((await latches.rearm('account', 'never killed', 'active', BY)).epoch, 1);
  });

  check('latch: many writers at once -> the strictest stays, no re-arming is lost', async ({ latches, reopen }) => {
    const other = await reopen();
    const stores = [latches, other.latches];
    const levels = ['pause', 'flatten', 'halt', 'reduce', 'cancel-all', 'pause', 'halt'] as const;
    await Promise.all(levels.map((level, k) => stores[k % 2]!.raise('system', '', level, BY)));
    assert.equal((await latches.all())[0]!.level, 'flatten');
    await Promise.all(levels.map((_, k) => stores[k % 2]!.rearm('system', '', 'active', BY)));
    assert.deepEqual(
      (await latches.all()).map(({ level, epoch }) => [level, epoch]),
      [[null, levels.length]],
    );
    await other.latches.close();
    await other.box.close();
  });

  check(
    'latch: words of another version -> halted: the scope, or the system where that cannot be told',
    async (subject) => {
      if (subject.plant === null) return;
      await subject.plant('account', 'main', 'evaporate');
      await subject.plant('galaxy', 'ours', 'pause');
      const all = await subject.latches.all();
      assert.deepEqual(
        all.map(({ scope, target, level }) => [scope, target, level]),
        [
          ['account', 'main', 'halt'],
          ['system', '', 'halt'],
        ],
      );
      assert.match(all[0]!.reason, /evaporate/);
      assert.equal((await subject.latches.raise('account', 'main', 'flatten', BY)).level, 'flatten');
      assert.equal((await subject.latches.rearm('account', 'main', 'active', BY)).level, null);
    },
  );

  check('command: put -> waits for its session in the order of asking, and for no other', async ({ box, reopen }) => {
    const first = await box.put({ session: 'a', command: PAUSE, ...BY });
    const { id, askedAtMs, ...rest } = first;
    assert.deepEqual(rest, { session: 'a', command: PAUSE, ...BY, takenAtMs: null, outcome: null });
    assert.ok(askedAtMs > 0);
    const other = await reopen();
    await other.box.put({ session: 'b', command: PAUSE, ...BY });
    const second = await other.box.put({ session: 'a', command: { type: 'stop-session', reason: 'x' }, ...BY });
    assert.deepEqual(await box.unanswered('a'), [first, second]);
    assert.deepEqual(await other.box.view(id), first);
    assert.equal(await box.view(1_000_000), null);
    assert.deepEqual(await box.unanswered('c'), []);
    await other.latches.close();
    await other.box.close();
  });

  check(
    'command: taken -> once, by one of many; answered -> once, and gone from what waits',
    async ({ box, reopen }) => {
      const other = await reopen();
      const { id } = await box.put({ session: 'a', command: PAUSE, ...BY });
      const taken = await Promise.all([box, other.box, box, other.box].map((each) => each.take(id)));
      assert.equal(taken.filter((is) => is).length, 1);
      assert.ok((await other.box.unanswered('a'))[0]!.takenAtMs! > 0);
      assert.equal(await other.box.withdraw(id, refused), false, 'it is being carried out');
      const outcome = { done: true, order: 'p-1', canceled: 2, left: { orders: 0, positions: 1 } } as const;
      assert.equal(await box.answer(id, outcome), true);
      assert.equal(await other.box.answer(id, refused), false);
      assert.deepEqual((await other.box.view(id))!.outcome, outcome);
      assert.deepEqual(await box.unanswered('a'), []);
      await other.latches.close();
      await other.box.close();
    },
  );

  check('command: withdrawn before it was taken -> never taken', async ({ box }) => {
    const { id } = await box.put({ session: 'a', command: PAUSE, ...BY });
    assert.equal(await box.withdraw(id, refused), true);
    assert.equal(await box.take(id), false);
    assert.equal(await box.withdraw(id, refused), false);
    assert.deepEqual([await box.unanswered('a'), (await box.view(id))!.outcome], [[], refused]);
  });

  check(
    'command: put and answered -> both are heard at once, by others and here, until one leaves',
    async (subject) => {
      const { box, reopen } = subject;
      const other = await reopen();
      const heard = { here: [] as CommandNews[], there: [] as CommandNews[] };
      const [awaited, awaitedHere] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const leave = box.watch((news) => {
        heard.here.push(news);
        if ('answered' in news) awaitedHere.resolve();
      });
      other.box.watch((news) => {
        heard.there.push(news);
        if ('answered' in news) awaited.resolve();
      });
      const long = { done: false, code: 'invalid', message: 'long '.repeat(2_000) } as const;
      // The way to others may take a moment to be there, and what is said before then is lost.
      for (const atMs = Date.now(); heard.there.length === 0 && Date.now() - atMs < 20_000; ) {
        await box.put({ session: 'b', command: PAUSE, ...BY });
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const { id } = await box.put({ session: 'a', command: PAUSE, ...BY });
      await box.answer(id, refused);
      await Promise.all([awaited.promise, awaitedHere.promise]);
      const last = { put: heard.there.findLast((news) => 'put' in news), answer: heard.there.at(-1) };
      assert.deepEqual(last, { put: { put: 'a' }, answer: { answered: id, outcome: refused } });
      assert.deepEqual(heard.here.slice(-2), [{ put: 'a' }, { answered: id, outcome: refused }]);
      leave();
      const wordless = Promise.withResolvers<CommandNews>();
      other.box.watch((news) => 'answered' in news && wordless.resolve(news));
      const second = await box.put({ session: 'a', command: PAUSE, ...BY });
      await box.answer(second.id, long);
      const { outcome, ...rest } = (await wordless.promise) as { answered: number; outcome?: unknown };
      assert.deepEqual(rest, { answered: second.id });
      assert.ok(outcome === undefined || JSON.stringify(outcome) === JSON.stringify(long), 'whole or not at all');
      assert.deepEqual((await other.box.view(second.id))!.outcome, long);
      assert.equal(heard.here.length, heard.here.findIndex((news) => 'answered' in news) + 1, 'who left hears no more');
      await other.latches.close();
      await other.box.close();
    },
  );
}
