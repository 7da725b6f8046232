import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { finish, ROOT, Scene, strategyFile } from './command-line.ts';

const scene = new Scene();
after(() => scene.remove());

/** Slow enough to be interrupted: some milliseconds a bar on any machine. */
const SLOW = 'let x = 0; for (let i = 0; i < 400_000; i++) x += i % 7; if (x < 0) c.log("never");';
scene.write('slow.ts', strategyFile('slow', SLOW));
const ARGS = ['backtest', './slow.ts', '--data', 'synthetic', '--json'];

/** Resolves when the program has said this on standard error: how far it is, or what its strategy prints. */
async function said(child: ReturnType<Scene['start']>, what: string): Promise<void> {
  const closed = once(child, 'close').then(() => assert.fail(`it ended before it said ${what}`));
  for (let text = ''; !text.includes(what); ) {
    const [more] = (await Promise.race([once(child.stderr!, 'data'), closed])) as [string];
    text += more;
  }
}

/** Interrupts it once it has begun: it says so in one JSON object. */
async function assertInterrupted(child: ReturnType<Scene['start']>): Promise<void> {
  const ended = finish(child);
  await said(child, 'progress');
  child.kill('SIGINT');
  const { code, out } = await ended;
  assert.equal(code, 130);
  assert.equal(JSON.parse(out).error.code, 'interrupted');
}

describe('signals', () => {
  test('interrupt once -> the partial result is saved, exit 130', async () => {
    const child = scene.start(ARGS);
    const ended = finish(child);
    await said(child, 'progress');
    child.kill('SIGINT');
    const { code, out } = await ended;
    assert.equal(code, 130);
    const body = JSON.parse(out);
    assert.equal(body.data.status, 'partial');
    const shown = await scene.json(['runs', 'show', body.data.run]);
    assert.equal(shown.body.data.status, 'partial');
    assert.ok(Object.keys(shown.body.data.reports).length > 0);
  });

  test('checks that are interrupted -> those that had ended, exit 130, and no process goes on', async () => {
    scene.write('slower.ts', strategyFile('slower', SLOW.replace('400_000', '100_000')));
    const child = scene.start(['check', './slower.ts', '--from', '2024-01-01', '--to', '2024-05-01', '--json']);
    const ended = finish(child);
    await said(child, '"done":0.');
    child.kill('SIGINT');
    const { code, out } = await ended;
    assert.equal(code, 130);
    const { checks, passed } = JSON.parse(out).data;
    assert.equal(passed, false);
    const last = checks.at(-1);
    assert.deepEqual(
      [last.name, last.status, last.text],
      ['determinism', 'not-run', 'determinism not checked: the run was interrupted'],
    );
  });

  test('an import that is interrupted -> one JSON object that says so, exit 130, and nothing is stored', async () => {
    const rows = Array.from({ length: 150_000 }, (_, k) => `${1_700_000_000 + k * 60},1,2,1,1,5`);
    scene.write('long.csv', `time,open,high,low,close,volume\n${rows.join('\n')}\n`);
    const child = scene.start(['data', 'import', 'long.csv', 'long.csv', '--symbol', 'X:LONG', '--json']);
    await assertInterrupted(child);
    assert.deepEqual((await scene.json(['data', 'ls'])).body.data.series, []);
  });

  test('a synthetic market that is interrupted -> one JSON object that says so, exit 130, and nothing is stored', async () => {
    const own = new Scene();
    // Not compiled, it takes long enough on any machine.
    const args = ['--no-opt', join(ROOT, 'src/main.ts'), 'data', 'generate', '--from', '1997-01-01', '--json'];
    const child = spawn(process.execPath, args, { cwd: own.folder });
    await assertInterrupted(child);
    assert.deepEqual((await own.json(['data', 'ls'])).body.data.series, []);
    own.remove();
  });

  test('interrupt twice -> exit 130 at once, without a result', async () => {
    // It says that it hangs: so early that it has not asked yet whether to go on, and never will.
    scene.write('stuck.ts', strategyFile('stuck', 'console.log("stuck"); while (c.now > 0) {}'));
    const child = scene.start(['backtest', './stuck.ts', '--data', 'synthetic', '--json']);
    const ended = finish(child);
    await said(child, 'stuck');
    child.kill('SIGINT');
    await said(child, 'stopping');
    // Two that are closer than 250 ms are one.
    await new Promise((resolve) => setTimeout(resolve, 600));
    child.kill('SIGINT');
    const { code, out } = await ended;
    assert.equal(code, 130);
    assert.equal(out, '');
  });

  test('the process that launched it is killed, on a Node that is too old to run it itself -> it ends in order, and does not go on alone', async () => {
    const launcher = scene.write(
      'old-node.mjs',
      `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.19.0' } });
       const { runProgram } = await import(${JSON.stringify(pathToFileURL(join(ROOT, 'bin/run-program.js')).href)});
       await runProgram('main');`,
    );
    const child = spawn(process.execPath, [launcher, 'exchange', '--port', '0', '--seconds', '60', '--json'], {
      cwd: scene.folder,
    });
    const line = await new Promise<string>((resolve) => {
      let text = '';
      child.stdout.on('data', (more: Buffer) => {
        text += more.toString();
        if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')));
      });
    });
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)![0];
    assert.equal((await fetch(`${url}/api/v3/ping`)).status, 200);
    // The program has its output, too: it is closed when both have ended.
    const over = once(child.stdout, 'close');
    const killedMs = performance.now();
    child.kill('SIGKILL');
    await over;
    await assert.rejects(fetch(`${url}/api/v3/ping`));
    assert.ok(performance.now() - killedMs < 30_000, 'not only because its time was over');
  });

  test('nobody reads any more -> a stream ends in order, another command keeps its exit code; no stack is told', async () => {
    const stream = await scene.startRunning(['exchange', '--port', '0']);
    stream.child.stdout!.destroy();
    const { code, err } = await stream.ended;
    assert.deepEqual([code, err], [0, '']);
    const child = scene.start(['docs', 'reference/cli', '--quiet']);
    const errors: string[] = [];
    child.stderr!.on('data', (text: Buffer) => errors.push(String(text)));
    child.stdout!.destroy();
    const [exit] = (await once(child, 'close')) as [number];
    assert.deepEqual([exit, errors.join('')], [0, '']);
  });

  test('the terminal is closed -> a stream ends in order', {
    skip: !existsSync('/usr/bin/script') && 'script is not installed',
  }, async () => {
    const file = scene.path('typescript');
    const line = `exec '${process.execPath}' '${join(ROOT, 'src/main.ts')}' exchange --port 0`;
    const child = spawn('/usr/bin/script', ['-qfc', `echo pid $$; ${line}`, file], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let text = '';
    const pid = await new Promise<number>((resolve) =>
      child.stdout.on('data', (more: Buffer) => {
        text += String(more);
        if (text.includes('running')) resolve(Number(/pid (\d+)/.exec(text)![1]));
      }),
    );
    process.kill(pid, 'SIGHUP');
    await once(child, 'close');
    assert.match(readFileSync(file, 'latin1'), /COMMAND_EXIT_CODE="0"/);
  });

  test('a warning of what goes on for long -> told at once, and once', async () => {
    let rest = '';
    const exchange = await scene.startRunning(['exchange', '--port', '0'], {}, (update) => {
      rest = (update as { readonly products: readonly { readonly rest: string }[] }).products[0]!.rest;
      return true;
    });
    const args = ['paper', 'sma-cross', '--venue', 'local', '--symbols', 'BTCUSDT', '--session', 'warned'];
    const child = scene.start(args, { TRADEWRIGHT_LOCAL: rest });
    const ended = finish(child);
    let said = '';
    await new Promise<void>((resolve) =>
      child.stderr!.on('data', (text: string) => {
        said += text;
        if (said.includes('use a venue with history')) resolve();
      }),
    );
    assert.equal(child.exitCode, null);
    child.kill('SIGTERM');
    const { code, err } = await ended;
    assert.equal(code, 0);
    assert.equal(err.split('too little history').length, 2, err);
    await exchange.end();
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
    await said(child, 'progress');
    child.kill('SIGINT');
    assert.equal((await ended).code, 130);
  });
});
