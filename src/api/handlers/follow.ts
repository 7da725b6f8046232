import type { Call, World } from '../world.ts';

/**
 * With `follow`, tells what `view` answers now and whenever it has changed, until the call is to end; without, nothing. `next` answers when there may
 * be something new, or after so many ms. `isWorth`: whether an update of what is only new has anything in it. `textOf`: what of an update
 * must differ from the one before.
 */
export async function following<T>(
  input: { readonly follow: boolean; readonly seconds?: number | undefined },
  { clock }: World,
  call: Call,
  next: (mostMs: number) => Promise<void>,
  view: () => T | Promise<T>,
  isWorth: (update: T) => boolean = () => true,
  textOf: (update: T) => string = (update) => JSON.stringify(update),
): Promise<void> {
  if (!input.follow) return;
  const endMs = input.seconds === undefined ? Number.POSITIVE_INFINITY : clock.elapsedMs() + input.seconds * 1000;
  let told = '';
  for (let isFirst = true; ; isFirst = false) {
    const update = await view();
    const text = textOf(update);
    if (isFirst || (text !== told && isWorth(update))) call.update(update);
    told = text;
    const leftMs = endMs - clock.elapsedMs();
    if (call.stop.aborted || leftMs <= 0) return;
    await next(leftMs);
    if (call.stop.aborted) return;
  }
}
