import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { finish, ROOT, Scene, strategyFile } from './command-line.ts';

const scene = new Scene();
after(() => scene.remove());

/** Slow enough to be interrupted: some milliseconds a bar on any machine. */
const SLOW = 'let x = 0; for (let i = 0; i < 400_000; i++) x += i % 7; if (x < 0) c.log("never");';
scene.write('slow.ts', strategyFile('slow', SLOW));
const ARGS = ['backtest', './slow.ts', '--data', 'synthetic', '--json'];

/** Resolves when the run has begun to say how far it is. */
function begun(child: ReturnType<Scene['start']>): Promise<void> {
  return new Promise((resolve) => child.stderr!.once('data', () => resolve()));
}

describe('signals', () => {
  test('interrupt once -> the partial result is saved, exit 130', async () => {
    const child = scene.start(ARGS);
    const ended = finish(child);
    await begun(child);
    child.kill('SIGINT');
    const { code, out } = await ended;
    assert.equal(code, 130);
    const body = JSON.parse(out);
    assert.equal(body.data.status, 'partial');
    const shown = await scene.json(['runs', 'show', body.data.run]);
    assert.equal(shown.body.data.status, 'partial');
    assert.ok(Object.keys(shown.body.data.reports).length > 0);
  });

  test('interrupt twice -> exit 130 at once, without a result', async () => {
    scene.write(
      'stuck.ts',
      strategyFile(
        'stuck',
        'if (c.data.main.index > 5_000) while (c.now > 0) {} else { let x = 0; for (let i = 0; i < 200_000; i++) x += i; if (x < 0) c.log("never"); }',
      ),
    );
    const child = scene.start(['backtest', './stuck.ts', '--data', 'synthetic', '--json']);
    const ended = finish(child);
    await begun(child);
    child.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 600));
    child.kill('SIGINT');
    const { code, out } = await ended;
    assert.equal(code, 130);
    assert.equal(out, '');
  });

  test('output closed by its reader, as head does -> ends without a word, exit 0', async () => {
    const child = scene.start(['docs', 'reference/indicators']);
    child.stdout!.destroy();
    const { code, err } = await finish(child);
    assert.deepEqual([code, err], [0, '']);
  });

  test('progress: --json -> lines of JSON on standard error, at most two a second', async () => {
    const started = performance.now();
    const { err } = await scene.run([...ARGS, '--to', '2024-12-01', '--no-checks', '--no-interval']);
    const seconds = (performance.now() - started) / 1000;
    const lines = err
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
    assert.ok(lines.length >= 1 && lines.length <= 2 * seconds + 1, `${lines.length} lines in ${seconds} s`);
    for (const { k, done, phase } of lines) {
      assert.equal(k, 'progress');
      assert.ok(done >= 0 && done <= 1 && typeof phase === 'string');
    }
  });

  test('launcher: started by any Node -> passes arguments, output, exit code and signals on', async () => {
    const launcher = join(ROOT, 'bin/tradewright.js');
    const ran = await finish(spawn('node', [launcher, 'version', '--json'], { cwd: scene.folder }));
    assert.equal(ran.code, 0, ran.err);
    assert.ok(Number.parseInt(JSON.parse(ran.out).data.node, 10) >= 24);
    const refused = await finish(spawn('node', [launcher, 'nonsense'], { cwd: scene.folder }));
    assert.equal(refused.code, 2);
    const child = spawn('node', [launcher, ...ARGS], { cwd: scene.folder });
    const ended = finish(child);
    await begun(child);
    child.kill('SIGINT');
    assert.equal((await ended).code, 130);
  });
});
