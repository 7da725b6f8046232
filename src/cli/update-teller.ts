import { type CommandId, operationOf } from '../api/operations/table.ts';
import type { Globals } from './parse.ts';
import type { Scene } from './render/render.ts';
import { rowsOf, type Style } from './style.ts';

/** Shows what a stream tells. */
export interface UpdateTeller {
  tell(update: unknown): void;
  /** Puts lines above what is drawn. */
  note(text: string): void;
  /** Leaves the screen as it is, for the result to follow. */
  end(): void;
}

const SILENT: UpdateTeller = { tell() {}, note() {}, end() {} };
const ESC = '\u001b[';

/**
 * A screen that is drawn again on a terminal, or lines below lines; a JSON object a line for programs. Elsewhere silence, but for the first word of a
 * service.
 */
export async function updateTeller(id: CommandId, globals: Globals, style: Style): Promise<UpdateTeller> {
  if (globals.json) {
    const schema = `tradewright.${operationOf(id).name.replaceAll(' ', '-')}-update/1`;
    return {
      tell: (update) => void process.stdout.write(`${JSON.stringify({ schema, ...(update as object) })}\n`),
      note() {},
      end() {},
    };
  }
  const { UPDATE_RENDERERS } = await import('./render/render.ts');
  const render = UPDATE_RENDERERS[id] as ((update: unknown, scene: Scene) => string) | undefined;
  if (!render) return SILENT;
  const scene = { style, homePath: '', version: '', given: {} };
  if (operationOf(id).appends === true) {
    // Written one below the other, to files and pipes too.
    return {
      tell(update) {
        const text = render(update, scene);
        if (text !== '') process.stdout.write(`${text}\n`);
      },
      note() {},
      end() {},
    };
  }
  if (globals.quiet) return SILENT;
  if (process.stdout.isTTY !== true) return operationOf(id).isService === true ? onceTold(render, scene) : SILENT;
  let drawn = 0;
  let last: unknown = null;
  const tell = (update: unknown): void => {
    last = update;
    const lines = render(update, scene).split('\n');
    const up = drawn === 0 ? '' : `${ESC}${drawn}A`;
    process.stdout.write(`${up}${ESC}0J${lines.join('\n')}\n`);
    drawn = lines.reduce((sum, line) => sum + rowsOf(line, process.stdout.columns), 0);
  };
  const end = (): void => {
    // The result says it all again.
    if (drawn > 0) process.stdout.write(`${ESC}${drawn}A${ESC}0J`);
    drawn = 0;
  };
  return {
    tell,
    note(text) {
      end();
      process.stdout.write(`${text}\n`);
      if (last !== null) tell(last);
    },
    end,
  };
}

function onceTold(render: (update: unknown, scene: Scene) => string, scene: Scene): UpdateTeller {
  let hasTold = false;
  return {
    ...SILENT,
    tell(update) {
      if (!hasTold) process.stdout.write(`${render(update, scene)}\n\n`);
      hasTold = true;
    },
  };
}
