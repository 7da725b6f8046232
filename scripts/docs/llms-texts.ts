import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const docs = join(import.meta.dirname, '../../docs');

/** Folders in the order in which a reader needs them. */
const FOLDERS: Readonly<Record<string, string>> = {
  tutorials: 'Tutorials',
  'how-to': 'How-to guides',
  reference: 'Reference',
  explanation: 'Explanations',
  venues: 'Venues',
  gallery: 'Built-in strategies',
  decisions: 'Optional',
};

const ABOUT =
  'One trading system in TypeScript: research, paper and live trading are one engine on the same code. Local, no account needed; the command is `npx tradewright`.';

interface Page {
  readonly path: string;
  readonly title: string;
  /** First sentence of the page, without its links. */
  readonly about: string;
  readonly text: string;
}

function pagesOf(folder: string, fresh: ReadonlyMap<string, string>): readonly Page[] {
  const onDisk = globSync(`${folder}/*.md`, { cwd: docs });
  const paths = [...new Set([...onDisk, ...[...fresh.keys()].filter((path) => path.startsWith(`${folder}/`))])].sort();
  return paths.map((path) => {
    const text = fresh.get(path) ?? readFileSync(join(docs, path), 'utf8');
    const [heading = '', first = ''] = text.split('\n\n');
    const about = first
      .replaceAll('\n', ' ')
      .replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')
      .replace(/^\*\*\w+\.\*\* /, '')
      .split(/(?<=[.:])\s/)[0]!;
    return { path, title: heading.replace(/^# /, ''), about, text };
  });
}

/**
 * The documentation for programs that read it (llmstxt.org): an index with a line a page, and everything in one text but decisions. `fresh`: pages that
 * are made just now, by path under `docs`.
 */
export function llmsTexts(fresh: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const sections = Object.entries(FOLDERS).map(([folder, title]) => ({ folder, title, pages: pagesOf(folder, fresh) }));
  const index = sections.map(
    ({ title, pages }) => `## ${title}\n\n${pages.map((p) => `- [${p.title}](${p.path}): ${p.about}`).join('\n')}`,
  );
  const how =
    'Everything in one text: [llms-full.txt](llms-full.txt). In a terminal: `npx tradewright docs how-to/data`. On a server: `/api/docs?topic=how-to/data`. By the Model Context Protocol (`npx tradewright mcp`): the tool `docs`.';
  const whole = sections
    .filter(({ folder }) => folder !== 'decisions')
    .flatMap(({ pages }) => pages)
    .map(({ path, text }) => `<!-- docs/${path} -->\n\n${text.trim()}`);
  const head = `# Tradewright\n\n> ${ABOUT}`;
  return new Map([
    ['llms.txt', `${[head, how, ...index].join('\n\n')}\n`],
    ['llms-full.txt', `${[head, ...whole].join('\n\n')}\n`],
  ]);
}
