import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** A fenced block of a page. */
export interface CodeBlock {
  /** Path of the page from the project's root. */
  readonly page: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
  /** What stands behind the fence: `ts`, `sh`, `text`. */
  readonly language: string;
  readonly text: string;
}

/** The documents of the project, by path from its root. */
export const pages: readonly string[] = ['README.md', ...globSync('docs/**/*.md', { cwd: root })].sort();

export function readPage(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

/** Every fenced block of a page. */
export function blocksOf(page: string): readonly CodeBlock[] {
  const lines = readPage(page).split('\n');
  const blocks: CodeBlock[] = [];
  for (let i = 0; i < lines.length; i++) {
    const fence = /^```(\w*)\s*$/.exec(lines[i]!);
    if (!fence) continue;
    const end = lines.indexOf('```', i + 1);
    if (end < 0) throw new Error(`${page}:${i + 1}: the block has no end`);
    blocks.push({ page, line: i + 1, language: fence[1]!, text: `${lines.slice(i + 1, end).join('\n')}\n` });
    i = end;
  }
  return blocks;
}

/** What stands between backticks on a page, outside of its fenced blocks. */
export function spansOf(page: string): readonly string[] {
  const text = readPage(page).replace(/^```[\s\S]*?^```$/gm, '');
  return [...new Set([...text.matchAll(/`([^`\n]+)`/g)].map((m) => m[1]!))];
}

/** A page without its fenced blocks and code spans. */
export function proseOf(page: string): string {
  return readPage(page)
    .replace(/^```[\s\S]*?^```$/gm, '')
    .replace(/`[^`\n]*`/g, '``');
}
