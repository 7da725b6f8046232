import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../src/main.ts');
const PATIENCE_MS = 60_000;
const LOOK_MS = 5;

/** A server on a home of its own: seconds from starting the process until it says that it is ready, and its resident memory when it has been idle. */
export async function measureServe(idleMs: number): Promise<{ readonly readyS: number; readonly residentMb: number }> {
  const home = mkdtempSync(join(tmpdir(), 'tradewright-bench-'));
  const startMs = performance.now();
  const child = spawn(process.execPath, [MAIN, 'serve', '--port', '0', '--json'], {
    cwd: home,
    env: { ...process.env, TRADEWRIGHT_HOME: join(home, 'home') },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        const found = /"url":"([^"]+)"/.exec(text);
        if (found) resolve(found[1]!);
      });
      child.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
    });
    while ((await fetch(`${url}/health/ready`)).status !== 200) {
      if (performance.now() - startMs > PATIENCE_MS) throw new Error('it is not ready');
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    const readyS = (performance.now() - startMs) / 1000;
    await new Promise((resolve) => setTimeout(resolve, idleMs));
    const kb = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))![1]!;
    return { readyS, residentMb: Number(kb) / 1024 };
  } finally {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    if (child.exitCode === null) await gone;
    rmSync(home, { recursive: true, force: true });
  }
}
