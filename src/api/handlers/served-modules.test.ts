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
