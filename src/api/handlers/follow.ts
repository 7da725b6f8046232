import type { Call, World } from '../world.ts';
import { pause } from './pause.ts';

/** Between two looks at the journal. */
const LOOK_MS = 300;

/**
 * With `follow`, tells what `view` answers now and whenever it has changed, until the call is to end; without, nothing. `isWorth`: whether an
 * update of what is only new has anything in it.
 */
export async function following<T>(
  input: { readonly follow: boolean; readonly seconds?: number | undefined },
  { clock }: World,
  call: Call,
  readOn: () => Promise<void>,
  view: () => T | Promise<T>,
  isWorth: (update: T) => boolean = () => true,
): Promise<void> {
  if (!input.follow) return;
  const endMs = input.seconds === undefined ? Number.POSITIVE_INFINITY : clock.elapsedMs() + input.seconds * 1000;
  let told = '';
  for (let isFirst = true; ; isFirst = false) {
    const update = await view();
    const text = JSON.stringify(update);
    if (isFirst || (text !== told && isWorth(update))) call.update(update);
    told = text;
    const leftMs = endMs - clock.elapsedMs();
    if (call.stop.aborted || leftMs <= 0) return;
    await pause(clock, Math.min(LOOK_MS, leftMs), call.stop);
    if (call.stop.aborted) return;
    await readOn();
  }
}
