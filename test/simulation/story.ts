import { SESSION } from './life.ts';
import type { World } from './world.ts';

/** What happened in a world, line by line, for whoever looks for the cause of a violation. */
export function storyOf(world: World): string {
  const lines: { readonly tick: number; readonly text: string }[] = [];
  const beganMs = world.exchange.log[0]?.atMs ?? 0;
  for (const entry of world.exchange.log) {
    const { tick, atMs, what } = entry;
    let said = '';
    if (what === 'left') {
      if (entry.method === 'GET' && !/order$/i.test(entry.path)) continue;
      said = `life ${entry.life} ${entry.method} ${entry.path} ${JSON.stringify({ ...entry.parameters, signature: undefined })}`;
    } else if (what === 'answered') said = `${entry.method} ${entry.status} ${JSON.stringify(entry.body)}`;
    else if (what === 'event') said = JSON.stringify(entry.event);
    else if (what === 'blocked') said = `life ${entry.life} for ${entry.forMs} ms`;
    else said = JSON.stringify(entry.openOrders);
    lines.push({ tick, text: `${((atMs - beganMs) / 1000).toFixed(2)} venue ${what}: ${said}` });
  }
  for (const { tick, life, seq, kind, text, atMs } of world.disk.journals.get(SESSION)?.records ?? [])
    lines.push({
      tick,
      text: `${((atMs - beganMs) / 1000).toFixed(2)} journal ${seq} of life ${life}: ${kind} ${text}`,
    });
  return lines
    .sort((a, b) => a.tick - b.tick)
    .map(({ tick, text }) => `${tick} ${text}`)
    .join('\n');
}
