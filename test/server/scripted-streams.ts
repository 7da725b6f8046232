import type { World } from '../../src/api/world.ts';
import { openScene, type ServerScene } from './server-scene.ts';

/** A stream that a test tells what to say. */
export interface ScriptedStream {
  readonly id: string;
  readonly given: Readonly<Record<string, unknown>>;
  readonly update: (update: unknown) => void;
  readonly stop: AbortSignal;
  readonly end: (result: unknown) => void;
  readonly fail: (error: unknown) => void;
}

export interface ScriptedScene extends ServerScene {
  /** Every stream that was begun. */
  readonly streams: ScriptedStream[];
  /** Answers when so many have begun. */
  begun(count: number): Promise<ScriptedStream>;
}

/**
 * A server whose streams are the test's: a stand-in for sessions and venues, behind the real gate, hub and sockets. `status`, `positions`, `orders` and
 * `watch` tell whole states, `fills` and `events` append.
 */
export async function openScripted(options: Parameters<typeof openScene>[0] = {}): Promise<ScriptedScene> {
  const streams: ScriptedStream[] = [];
  let waiting: (() => void)[] = [];
  const run = (
    id: string,
    given: Readonly<Record<string, unknown>>,
    call: { update(update: unknown): void; readonly stop: AbortSignal },
  ): Promise<unknown> => {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const stopped = (): void => resolve({ stopped: true });
    if (call.stop.aborted) stopped();
    else call.stop.addEventListener('abort', stopped, { once: true });
    streams.push({ id, given, update: (u) => call.update(u), stop: call.stop, end: resolve, fail: reject });
    for (const wake of waiting) wake();
    waiting = [];
    return promise;
  };
  const scene = await openScene({ execute: (id, given, _world, call) => run(id, given, call), ...options });
  Object.assign(scene.world, { isolate: (...[id, given, call]: Parameters<World['isolate']>) => run(id, given, call) });
  return Object.assign(scene, {
    streams,
    async begun(count: number) {
      while (streams.length < count) await new Promise<void>((wake) => waiting.push(wake));
      return streams[count - 1]!;
    },
  });
}
