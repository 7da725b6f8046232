import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { systemClock } from '../../adapters/system/clock.ts';
import { type ServedModule, ServedModules } from './served-modules.ts';

describe('modules of a server', () => {
  const made = (said: string[], name: string, more: Partial<ServedModule> = {}): ServedModule => ({
    name,
    start: () => void said.push(`+${name}`),
    probe: async () => undefined,
    stop: async () => void said.push(`-${name}`),
    ...more,
  });

  test('started in order, ended the other way round; probed only once they have started', async () => {
    const said: string[] = [];
    const modules = new ServedModules([made(said, 'a'), made(said, 'b'), made(said, 'c')], systemClock());
    await assert.rejects(modules.probes()['b']!.look(), /not started/);
    await modules.start();
    await modules.probes()['b']!.look();
    await modules.stop(5_000);
    assert.deepEqual(said, ['+a', '+b', '+c', '-c', '-b', '-a']);
  });

  test('one that cannot start -> those before it are ended, those after it never begin', async () => {
    const said: string[] = [];
    const start = (): Promise<void> => Promise.reject(new Error('no port'));
    const modules = new ServedModules([made(said, 'a'), made(said, 'b', { start }), made(said, 'c')], systemClock());
    await assert.rejects(modules.start(), /no port/);
    assert.deepEqual(said, ['+a', '-a']);
  });

  test('what acts by itself -> begins once all have started, and never where one cannot start', async () => {
    const said: string[] = [];
    const acts = made(said, 'a', { begin: () => void said.push('!a') });
    const modules = new ServedModules([acts, made(said, 'b')], systemClock());
    await modules.start();
    assert.deepEqual(said.splice(0), ['+a', '+b', '!a']);
    const start = (): Promise<void> => Promise.reject(new Error('no port'));
    await assert.rejects(new ServedModules([acts, made(said, 'b', { start })], systemClock()).start(), /no port/);
    assert.deepEqual(said, ['+a', '-a']);
  });

  test('what is done while they are there -> they are ended whatever comes of it, and what failed first is told', async () => {
    const said: string[] = [];
    const stop = (): Promise<void> => Promise.reject(new Error('stuck'));
    const stuck = (): ServedModules => new ServedModules([made(said, 'a'), made(said, 'b', { stop })], systemClock());
    const fails = (): Promise<void> => Promise.reject(new Error('the cause'));
    await assert.rejects(stuck().during(5_000, fails), /the cause/);
    assert.deepEqual(said.splice(0), ['+a', '+b', '-a']);
    await assert.rejects(
      stuck().during(5_000, async () => void said.push('work')),
      /stuck/,
    );
    assert.deepEqual(said, ['+a', '+b', 'work', '-a']);
  });

  test('one that cannot end -> the others are ended all the same, each within what is left of the time', async () => {
    const said: string[] = [];
    let leftMs = 0;
    const modules = new ServedModules(
      [
        made(said, 'a', {
          stop: async (left) => {
            leftMs = left;
            said.push('-a');
          },
        }),
        made(said, 'b', { stop: () => Promise.reject(new Error('stuck')) }),
      ],
      systemClock(),
    );
    await modules.start();
    await assert.rejects(modules.stop(7_000), /stuck/);
    assert.deepEqual(said, ['+a', '+b', '-a']);
    assert.ok(leftMs > 1_000 && leftMs <= 7_000, `${leftMs}`);
  });
});
