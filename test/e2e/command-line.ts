import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FAILURES, type FailureCode } from '../../src/api/failures.ts';

export const ROOT = join(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'src/main.ts');
/**
 * A start that is over in a quarter of a second spends a sixth of it on moving what lives out of the smallest space for new objects that V8 begins
 * with; tests start the program more than a thousand times. Whoever starts it begins with V8's own size: nothing else differs.
 */
const FOR_SHORT_RUNS = ['--min-semi-space-size=8'];

/** What one command line did. */
export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The one object that `--json` prints. */
export interface Envelope {
  readonly schema: string;
  readonly ok: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: each operation's own, checked against its published schema
  readonly data: any;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hint: string;
    readonly docs: string;
    readonly details: Record<string, unknown>;
  };
  readonly warnings: readonly { readonly code: string; readonly message: string; readonly hint: string }[];
}

/** A stream that runs in a process of its own. */
export interface RunningScene {
  readonly child: ChildProcess;
  readonly ended: Promise<Ran>;
  /** Ends it as a crash would. */
  end(): Promise<void>;
}

/** A working folder of its own, and the program run in it. */
export class Scene {
  readonly folder = mkdtempSync(join(tmpdir(), 'tradewright-cli-'));

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, text: string): string {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
    return name;
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    const { NO_COLOR: _color, TRADEWRIGHT_HOME: _home, ...inherited } = process.env;
    return spawn(process.execPath, [...FOR_SHORT_RUNS, MAIN, ...args], {
      cwd: this.folder,
      env: { ...inherited, ...env },
    });
  }

  /** Starts a stream with `--json`, and waits for its first update. */
  async startRunning(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    isRight: (update: Record<string, unknown>) => boolean = () => true,
  ): Promise<RunningScene> {
    const child = this.start([...args, '--json'], env);
    const ended = finish(child);
    await new Promise<void>((resolve, reject) => {
      let text = '';
      child.stdout!.on('data', (more: string) => {
        const lines = (text + more).split('\n');
        text = lines.pop()!;
        if (lines.some((line) => line.includes('-update/1"') && isRight(JSON.parse(line)))) resolve();
      });
      ended.then(({ out, err }) => reject(new Error(`it ended before the update:\n${out}\n${err}`)), reject);
    });
    return {
      child,
      ended,
      async end() {
        child.kill('SIGKILL');
        await ended;
      },
    };
  }

  /** `input`: what stands on standard input, which ends there. */
  run(args: readonly string[], env: Readonly<Record<string, string>> = {}, input = ''): Promise<Ran> {
    const child = this.start(args, env);
    // A program that does not read to the end is no fault.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
    return finish(child);
  }

  /** Runs with `--json` and reads the object; throws where standard output is anything else but a stream's updates before it. */
  async json(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    input = '',
  ): Promise<Ran & { readonly body: Envelope; readonly updates: readonly Record<string, unknown>[] }> {
    const ran = await this.run([...args, '--json'], env, input);
    const lines = ran.out.split('\n');
    if (lines.length < 2 || lines.at(-1) !== '')
      throw new Error(`expected lines of JSON, found:\n${ran.out}\n${ran.err}`);
    const objects = lines.slice(0, -1).map((line) => JSON.parse(line));
    const updates = objects.slice(0, -1);
    if (!updates.every((update) => /-update\/1$/.test(update.schema)))
      throw new Error(`expected one object, found:\n${ran.out}\n${ran.err}`);
    return { ...ran, body: objects.at(-1), updates };
  }

  /** Runs what must be refused with this failure, and answers what was said. */
  async refused(args: readonly string[], code: FailureCode): Promise<Envelope['error']> {
    const { code: exit, body, err } = await this.json(args);
    assert.equal(body.ok, false, `${args.join(' ')} was not refused: ${err}`);
    assert.equal(body.error.code, code, body.error.message);
    assert.equal(exit, FAILURES[code].exit);
    assert.ok(body.error.hint.length > 5 && body.error.docs.length > 5, 'hint and docs');
    return body.error;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Waits for a process and collects what it wrote. */
export function finish(child: ChildProcess): Promise<Ran> {
  let out = '';
  let err = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

/** Rows of hourly bars from 2024-01-01, a slow wave around 100, as CSV. */
export function waveCsv(bars: number): string {
  let text = 'ts,open,high,low,close,volume\n';
  let open = 100;
  for (let i = 0; i < bars; i++) {
    const close = Number((100 + 10 * Math.sin(i / 20) + i / 100).toFixed(2));
    const high = Math.max(open, close) + 0.5;
    const low = Math.min(open, close) - 0.5;
    text += `${1_704_067_200_000 + i * 3_600_000},${open},${high.toFixed(2)},${low.toFixed(2)},${close},1.2345\n`;
    open = close;
  }
  return text;
}

/** A strategy file around a body of `onBar`. */
export function strategyFile(id: string, onBar: string, more = ''): string {
  return `import { bars, defineStrategy, p, ta } from 'tradewright';

export default defineStrategy({
  id: '${id}',
  params: { length: p.int(5, { min: 2, max: 50 }) },
  data: { main: bars() },
  indicators: ({ params, data }) => ({ average: ta.sma(data.main.close, params.length) }),
  ${more}
  onBar(c) {
    ${onBar}
  },
});
`;
}

/** Resolves at the first update of a session that shows so many fills. */
export function shownFills(child: ChildProcess, atLeast: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout!.setEncoding('utf8').on('data', (more: string) => {
      const lines = (text + more).split('\n');
      text = lines.pop()!;
      for (const line of lines) {
        const update = JSON.parse(line);
        if (update.fills >= atLeast) resolve(update.fills);
      }
    });
    child.on('close', (code) => reject(new Error(`it ended with ${code} before ${atLeast} fills`)));
  });
}
