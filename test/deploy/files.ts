import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

export const ROOT = join(import.meta.dirname, '../..');

// biome-ignore lint/suspicious/noExplicitAny: documents of other programs, looked at by path
export type Document = any;

export const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** The documents of a YAML file, merge keys taken in. Throws where it is no YAML. */
export function documentsOf(path: string): readonly Document[] {
  return parseAllDocuments(textOf(path), { merge: true, strict: true, uniqueKeys: true }).map((document) => {
    for (const fault of [...document.errors, ...document.warnings]) throw fault;
    return document.toJS() as Document;
  });
}

export interface Instruction {
  readonly name: string;
  readonly rest: string;
}

/** Instructions of a Dockerfile, lines that go on joined. */
export function instructionsOf(text: string): readonly Instruction[] {
  return text
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => ({ name: line.split(' ')[0]!, rest: line.slice(line.indexOf(' ') + 1).trim() }));
}
