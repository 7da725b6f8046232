import { Scene } from '../../test/e2e/command-line.ts';
import { freePort } from '../../test/servers/free-port.ts';

/** A server with the demonstration's market and session, in a process and a home of its own. */
export async function openDemo(): Promise<{ readonly url: string; readonly pid: number; close(): Promise<void> }> {
  await import('../../scripts/build-desk.ts');
  const scene = new Scene();
  const port = await freePort();
  const running = await scene.startRunning(['serve', '--demo', '--port', String(port)], {
    TRADEWRIGHT_LOCAL: `http://127.0.0.1:${await freePort()}`,
  });
  return {
    url: `http://127.0.0.1:${port}`,
    pid: running.child.pid!,
    async close() {
      await running.end();
      scene.remove();
    },
  };
}
