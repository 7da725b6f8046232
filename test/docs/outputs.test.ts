import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { execute } from '../../src/api/handlers/handlers.ts';
import type { OperationId, Output } from '../../src/api/operations/table.ts';
import { parseCommandLine } from '../../src/cli/parse.ts';
import { RENDERERS, type Rendering, type Scene } from '../../src/cli/render/render.ts';
import { styleFor } from '../../src/cli/style.ts';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import { blocksOf, pages, readPage } from './pages.ts';
import { wordsOf } from './shell-lines.ts';

/** Output that a page shows: commands, and the lines that the last of them prints. */
interface ShownOutput {
  readonly commands: readonly string[];
  readonly lines: readonly string[];
}

/** A file that a page has the reader write. Strategies say their name themselves, in their first line. */
const FILE = /<!-- file: (\S+) -->\n```\w+\n([\s\S]*?)```/g;

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

function writeFiles(page: string, folder: string): void {
  const named = [...readPage(page).matchAll(FILE)].map(([, name, text]) => [name!, text!] as const);
  const strategies = blocksOf(page).flatMap(({ language, text }) => {
    const name = language === 'ts' ? /^\/\/ (\S+\.ts)\b/.exec(text)?.[1] : undefined;
    return name === undefined ? [] : [[name, text] as const];
  });
  for (const [name, text] of [...named, ...strategies]) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

function newFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tradewright-docs-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function printed(command: string, folder: string): Promise<string> {
  const { id, given } = parseCommandLine(wordsOf(command), false);
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
      const folder = newFolder(t);
      writeFiles(page, folder);
      for (const { commands, lines } of shown) {
        let text = '';
        for (const command of commands) text = await printed(command, folder);
        const whole = plain(text);
        const wrong = lines.filter((line) => !whole.includes(plain(line)));
        assert.deepEqual(wrong, [], `${commands.at(-1)} prints\n${text}`);
      }
    });
  }

  test('your first strategy, with the counter that it is given at the end -> the finding that is shown', async (t) => {
    const page = 'docs/tutorials/2-your-first-strategy.md';
    const folder = newFolder(t);
    writeFiles(page, folder);
    const told = /`([^`]+)` above it, and `([^`]+)` as the first line of `onBar`[^`]*```text\n([\s\S]*?)```/;
    const [, above, first, shown] = told.exec(readPage(page))!;
    const file = join(folder, 'strategies/dip-buyer.ts');
    const text = readFileSync(file, 'utf8');
    const changed = text.replace('export const', `${above}\n$&`).replace(/onBar\(.*\{/, `$&\n${first}`);
    assert.equal(changed.length, text.length + above!.length + first!.length + 2, 'both were put in');
    writeFileSync(file, changed);
    const whole = plain(await printed('check ./strategies/dip-buyer.ts', folder));
    for (const line of shown!.trim().split('\n')) assert.ok(whole.includes(plain(line)), `${line} in ${whole}`);
  });
});
