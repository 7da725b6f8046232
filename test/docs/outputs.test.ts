import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { execute } from '../../src/api/handlers/handlers.ts';
import type { OperationId, Output } from '../../src/api/operations/table.ts';
import { parseCommandLine } from '../../src/cli/parse.ts';
import { RENDERERS, type Rendering, type Scene } from '../../src/cli/render/render.ts';
import { styleFor } from '../../src/cli/style.ts';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import { blocksOf, pages, readPage } from './pages.ts';

/** Output that a page shows: commands, and the lines that the last of them prints. */
interface ShownOutput {
  readonly commands: readonly string[];
  readonly lines: readonly string[];
}

const SHOWN = /<!-- output: (.+) -->\n```text\n([\s\S]*?)```/g;

/** Lines that tell of one run and one machine. */
const OWN = /^\s*(tradewright \d|source |run |report )/;

function shownOn(page: string): readonly ShownOutput[] {
  return [...readPage(page).matchAll(SHOWN)].map(([, commands, text]) => ({
    commands: commands!.split('; '),
    lines: text!.split('\n').filter((line) => line.trim() !== '' && !OWN.test(line)),
  }));
}

/** Without what depends on the width of a column and on where a line is wrapped. */
const plain = (text: string): string => text.replace(/\s+/g, ' ').trim();

async function printed(command: string, folder: string): Promise<string> {
  const { id, given } = parseCommandLine(command.split(' '), false);
  const world = compose(readConfig({ home: join(folder, '.tradewright') }, {}, folder));
  const output = await execute(id, given, world, {
    ...{ progress: () => true, warn: () => {}, update: () => {} },
    stop: new AbortController().signal,
  });
  const scene: Scene = { style: styleFor(false), homePath: '.tradewright', version: world.version, given };
  return (RENDERERS[id] as (output: Output<OperationId>, scene: Scene) => Rendering)(output, scene).text;
}

describe('output shown in the documents', () => {
  for (const page of pages) {
    const shown = shownOn(page);
    if (shown.length === 0) continue;
    test(`${page}: ${shown.length} outputs -> what the commands print now`, async (t) => {
      const folder = mkdtempSync(join(tmpdir(), 'tradewright-docs-'));
      t.after(() => rmSync(folder, { recursive: true, force: true }));
      for (const { language, text } of blocksOf(page)) {
        const name = language === 'ts' ? /^\/\/ (\S+\.ts)\b/.exec(text)?.[1] : undefined;
        if (name === undefined) continue;
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), text);
      }
      for (const { commands, lines } of shown) {
        let text = '';
        for (const command of commands) text = await printed(command, folder);
        const whole = plain(text);
        const wrong = lines.filter((line) => !whole.includes(plain(line)));
        assert.deepEqual(wrong, [], `${commands.at(-1)} prints\n${text}`);
      }
    });
  }
});
