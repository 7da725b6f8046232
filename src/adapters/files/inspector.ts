import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Inspector, TypeVerdict } from '../../ports/inspector.ts';

/** Runs a program of this Node until it ends or is stopped, and answers its exit code and everything it printed. */
function runNode(
  args: readonly string[],
  signal: AbortSignal,
  folder?: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ code: number; stdout: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [...args], { maxBuffer: 1 << 28, cwd: folder, env, signal }, (error, stdout) => {
      resolve({ code: error ? 1 : 0, stdout });
    });
  });
}

/** A zone whose clock never shows what that of this machine does, not even its minutes. */
function otherZone(): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return /Kathmandu|Katmandu/.test(timeZone) ? 'UTC' : 'Asia/Kathmandu';
}

/** The compiler that the strategy's own project has, or ours. */
function compilerFor(path: string): string | null {
  for (const from of [path, import.meta.url]) {
    try {
      return createRequire(from)
        .resolve('typescript/package.json')
        .replace(/package\.json$/, 'bin/tsc');
    } catch {
      // The next place may have one; that none has is an answer, not a fault.
    }
  }
  return null;
}

/** The file that has the types of a module: its declarations, where it is JavaScript. */
const declarationsOf = (url: string): string => fileURLToPath(url).replace(/\.js$/, '.d.ts');

/**
 * An inspector of this installation. `main` is the program to run alone, in the folder `workingPath`; `modules` are the files behind the names that a strategy
 * imports.
 */
export function inspector(main: string, workingPath: string, modules: Readonly<Record<string, string>>): Inspector {
  return {
    runAlone: async (args, stop) =>
      (await runNode([fileURLToPath(main), ...args], stop, workingPath, { ...process.env, TZ: otherZone() })).stdout,
    async checkTypes(path, stop): Promise<TypeVerdict> {
      const compiler = compilerFor(path);
      if (compiler === null) return { status: 'absent', complaint: '' };
      const folder = mkdtempSync(join(tmpdir(), 'tradewright-types-'));
      try {
        const paths = Object.fromEntries(Object.entries(modules).map(([name, url]) => [name, [declarationsOf(url)]]));
        const compilerOptions = {
          target: 'es2024',
          lib: ['es2024'],
          module: 'nodenext',
          strict: true,
          noEmit: true,
          skipLibCheck: true,
          allowImportingTsExtensions: true,
          types: [],
          paths,
        };
        writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [path] }));
        const { code, stdout } = await runNode([compiler, '--pretty', 'false', '-p', folder], stop);
        return code === 0
          ? { status: 'passed', complaint: '' }
          : { status: 'failed', complaint: stdout.split('\n')[0]!.trim() };
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}
