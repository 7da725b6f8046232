import { closest } from '../closest.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import type { World } from '../world.ts';

/** Topics of the documentation, `how-to/data` and so on, and the text of one. */
export function docs(input: Input<'docs'>, world: World): Output<'docs'> {
  const topics = topicsIn('', world);
  if (input.topic === undefined)
    return { topics: topics.map((topic) => ({ topic, title: titleOf(read(topic, world)) })), text: null };
  const wanted = input.topic.replace(/\.md$/, '');
  const topic = topics.find((t) => t === wanted) ?? topics.find((t) => t.endsWith(`/${wanted}`));
  if (topic === undefined) {
    const near =
      closest(wanted, topics) ??
      closest(
        wanted,
        topics.map((t) => t.split('/').at(-1)!),
      );
    throw new Failure(
      'topic-unknown',
      `there is no topic "${wanted}"${near === null ? '' : `; did you mean ${near}?`}`,
      { details: { found: wanted } },
    );
  }
  const text = read(topic, world);
  return { topics: [{ topic, title: titleOf(text) }], text };
}

const read = (topic: string, world: World): string => world.files.read(`${world.docsPath}/${topic}.md`) ?? '';

function topicsIn(folder: string, world: World): readonly string[] {
  const names = world.files.list(`${world.docsPath}/${folder}`);
  return names.flatMap((name) => {
    const path = folder === '' ? name : `${folder}/${name}`;
    if (name.endsWith('.md')) return [path.slice(0, -3)];
    return name.includes('.') ? [] : topicsIn(path, world);
  });
}

function titleOf(text: string): string {
  return /^#\s+(.+)$/m.exec(text)?.[1] ?? '';
}
