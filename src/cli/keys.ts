import { failureOf } from '../api/handlers/failure-of.ts';
import type { CommandId } from '../api/operations/table.ts';
import { type Given, KEYS, type KeyRow } from './key-table.ts';
import { textFailure } from './output.ts';
import { RENDERERS, type Rendering } from './render/render.ts';
import type { Style } from './style.ts';

const TWICE_MS = 2_000;
const CTRL_C = '\u0003';

export interface KeyHooks {
  /** Carries an operation out. */
  execute(id: CommandId, given: Given): Promise<unknown>;
  /** The session that keys mean; null for the only one that runs. */
  session(): string | null;
  /** Puts lines above what is drawn. */
  note(text: string): void;
  end(): void;
  interrupt(): void;
}

/** Answers to single keys until it is ended. `input` is a terminal. */
export function listenToKeys(input: NodeJS.ReadStream, style: Style, hooks: KeyHooks): { end(): void } {
  let graveKey = '';
  let graveAtMs = Number.NEGATIVE_INFINITY;
  const act = async ({ id, given }: KeyRow): Promise<void> => {
    try {
      const output = await hooks.execute(id, given(hooks.session()));
      const render = RENDERERS[id] as (output: unknown, scene: object) => Rendering;
      hooks.note(`${render(output, { style, homePath: '', version: '', given: {} }).text}\n`);
    } catch (error) {
      hooks.note(`${textFailure(failureOf(error).toDocument(), style)}\n`);
    }
  };
  const onData = (data: Buffer): void => {
    for (const key of String(data)) {
      if (key === CTRL_C) hooks.interrupt();
      else if (key === 'q') hooks.end();
      const row = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
      if (row === undefined) continue;
      const isSecond = key === graveKey && performance.now() - graveAtMs < TWICE_MS;
      graveKey = '';
      if (row.isGrave !== true || isSecond) void act(row);
      else {
        graveKey = key;
        graveAtMs = performance.now();
        hooks.note(style.warn(` ${key} once more within ${TWICE_MS / 1000} s: ${row.does}, flat positions`));
      }
    }
  };
  input.setRawMode(true);
  input.on('data', onData).resume();
  return {
    end() {
      input.off('data', onData).pause();
      input.setRawMode(false);
    },
  };
}
