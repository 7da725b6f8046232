import type { Call, World } from '../world.ts';
import { following } from './follow.ts';
import { pause } from './pause.ts';

/**
 * What `look` answers. With `follow` it is looked at again after so many ms, as other programs change it, too, and told whenever it is another, until
 * the call is to end or `isOver`; then the last is answered.
 */
export async function lookedAt<T>(
  input: { readonly follow: boolean; readonly seconds?: number | undefined },
  world: World,
  call: Call,
  everyMs: number,
  look: () => T | Promise<T>,
  isOver: (view: T) => boolean = () => false,
): Promise<T> {
  let view = await look();
  const over = new AbortController();
  const stop = AbortSignal.any([call.stop, over.signal]);
  await following(
    input,
    world,
    { ...call, stop },
    async (mostMs) => {
      await pause(world.clock, Math.min(mostMs, everyMs), stop);
      if (!call.stop.aborted) view = await look();
    },
    () => {
      if (isOver(view)) over.abort();
      return view;
    },
  );
  return view;
}
