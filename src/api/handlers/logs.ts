import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { lookedAt } from './looked-at.ts';

const LOOK_MS = 1_000;

export async function logs(input: Input<'logs'>, world: World, call: Call): Promise<Output<'logs'>> {
  const { level, module = null, session = null, text = null, limit } = input;
  const look = () => world.logs.newest({ level, module, session, text, limit });
  const page = await lookedAt(input, world, call, LOOK_MS, look);
  if (page.folder === null)
    call.warn({
      code: 'logs-without-files',
      message: 'logs go into no files here',
      hint: 'Set TRADEWRIGHT_LOG=home, and start the server or session again.',
    });
  return page;
}
