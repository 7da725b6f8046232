import { formatTime } from '../../core/vocabulary/time.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { failureOf } from './failure-of.ts';

export async function mcp({ tier }: Input<'mcp'>, world: World, call: Call): Promise<Output<'mcp'>> {
  const { clock } = world;
  const startMs = clock.elapsedMs();
  const [{ serveStdio }, { execute }] = await Promise.all([import('../mcp/stdio.ts'), import('./handlers.ts')]);
  const onDefect = (error: unknown, correlation: string): void => {
    const fault = error instanceof Error ? String(error.stack) : String(error);
    const line = { time: formatTime(clock.nowMs()), level: 'error', correlation, fault };
    process.stderr.write(`${JSON.stringify(line)}\n`);
  };
  await serveStdio({ world, tier, execute, failureOf, onDefect, stop: call.stop });
  return { seconds: (clock.elapsedMs() - startMs) / 1000 };
}
