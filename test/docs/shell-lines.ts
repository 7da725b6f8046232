/** One command of this program in a shell block. */
export interface ShellCommand {
  /** The line as it stands there. */
  readonly text: string;
  /** What the program gets, after its name. */
  readonly words: readonly string[];
}

const WORD = /"((?:[^"\\]|\\.)*)"|'([^']*)'|(\|\||&&|[|;<>&]+)|((?:[^\s"'|;<>&\\]|\\.)+)/g;

/** Words of a shell line up to a pipe, a redirection or the next command, quotes removed. */
function wordsOf(line: string): readonly string[] {
  const words: string[] = [];
  let end = 0;
  for (const match of line.matchAll(WORD)) {
    if (match[3] !== undefined) break;
    const word = match[1] ?? match[2] ?? match[4]!;
    // Quoted and bare parts without a blank between them are one word.
    if (match.index === end && words.length > 0) words.push(`${words.pop()}${word}`);
    else words.push(word);
    end = match.index + match[0].length;
  }
  return words;
}

/** The commands `npx tradewright …` of a shell block, each once. */
export function commandsOf(block: string): readonly ShellCommand[] {
  const lines = block.replace(/\\\n\s*/g, '').split('\n');
  return lines.flatMap((line) => {
    const text = line.replace(/\s+# .*$/, '').trim();
    const [npx, name, ...words] = wordsOf(text);
    return npx === 'npx' && name === 'tradewright' ? [{ text, words }] : [];
  });
}
