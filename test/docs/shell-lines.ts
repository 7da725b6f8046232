/** One command of this program in a shell block. */
export interface ShellCommand {
  /** The line as it stands there. */
  readonly text: string;
  /** What the program gets, after its name. */
  readonly words: readonly string[];
}

const WORD = /"((?:[^"\\]|\\.)*)"|'([^']*)'|(\|\||&&|[|;<>&]+)|((?:[^\s"'|;<>&\\]|\\.)+)/g;

/** Words of a shell line, quotes removed; a list for each command of it and for each end of a redirection. */
function commandsIn(line: string): readonly (readonly string[])[] {
  const commands: string[][] = [[]];
  let end = 0;
  for (const match of line.matchAll(WORD)) {
    const words = commands.at(-1)!;
    if (match[3] !== undefined) {
      commands.push([]);
      continue;
    }
    const word = match[1] ?? match[2] ?? match[4]!;
    // Quoted and bare parts without a blank between them are one word.
    if (match.index === end && words.length > 0) words.push(`${words.pop()}${word}`);
    else words.push(word);
    end = match.index + match[0].length;
  }
  return commands;
}

/** Words of a line that is one command. */
export function wordsOf(line: string): readonly string[] {
  return commandsIn(line)[0]!;
}

/** What stands behind `tradewright`, with settings and `npx` before it or not; null for another program, and for what this one prints. */
function ownWords(words: readonly string[]): readonly string[] | null {
  const start = words.findIndex((word) => !/^[A-Z_]+=/.test(word));
  const [name, ...own] = words.slice(words[start] === 'npx' ? start + 1 : start);
  return name === 'tradewright' && /^[a-z]/.test(own[0] ?? '') ? own : null;
}

/** The commands `tradewright …` of a shell block. */
export function commandsOf(block: string): readonly ShellCommand[] {
  const lines = block.replace(/\\\n\s*/g, '').split('\n');
  return lines.flatMap((line) => {
    const text = line.replace(/\s+# .*$/, '').trim();
    return commandsIn(text).flatMap((each) => {
      const words = ownWords(each);
      return words === null ? [] : [{ text, words }];
    });
  });
}
