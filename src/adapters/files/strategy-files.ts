import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ForbiddenError, type LoadedFile, StrategyFileError, type StrategyFiles } from '../../ports/strategy-files.ts';
import { sealGlobals } from './sealed-globals.ts';

/** Absolute URLs of the modules that strategy files import by name. */
export type EntryModules = Readonly<Record<string, string>>;

/** How the address of a file ends that has changed since it was loaded before. */
const RENEWED = '?renewed=';

/** Modules of Node that only compute. All others reach files, processes, the network, the clock or chance. */
const PURE_MODULES = new Set([
  'assert',
  'assert/strict',
  'buffer',
  'events',
  'path',
  'querystring',
  'string_decoder',
  'url',
  'util',
]);

const BAD_SYNTAX = 'Correct the line and run again.';
const STRIP_HINT =
  'Types are removed, not compiled: enums, namespaces and parameter properties have no meaning here. Use a const object or a union.';

/**
 * Loads strategies from anywhere on the disk, TypeScript as it is: `tradewright` and its entries are mapped to this installation,
 * whichever folder the file lies in. No security boundary: it is the user's own code, kept from what would make runs unrepeatable.
 */
export function strategyFiles(entries: EntryModules, ownRoot: string): StrategyFiles {
  /** Hash of every file that was loaded, and what it imports: as long as it does not change it is loaded once, whoever asks for it again. */
  const contents = new Map<string, string>();
  const imports = new Map<string, Set<string>>();
  /** Where a file stands that has changed since it was loaded first. */
  const renewed = new Map<string, string>();
  let renewals = 0;
  let isHooked = false;
  /** Files are loaded one after another: each is sealed while it is. */
  let loading: Promise<unknown> = Promise.resolve();

  function hook(): void {
    if (isHooked) return;
    isHooked = true;
    registerHooks({
      resolve(specifier, context, next) {
        const url = entries[specifier];
        if (url !== undefined) return { url, shortCircuit: true };
        const found = next(specifier, context);
        const { parentURL } = context;
        if (parentURL === undefined || !contents.has(parentURL)) return found;
        const resolved = { ...found, url: sameVersion(found.url, parentURL) };
        const known = imports.get(parentURL) ?? new Set();
        imports.set(parentURL, known.add(resolved.url));
        return resolved;
      },
      load(url, context, next) {
        if (!url.startsWith('file:') || url.startsWith(ownRoot)) return next(url, context);
        const source = readFileSync(fileURLToPath(url));
        if (!contents.has(url)) contents.set(url, digest(source));
        return next(url, { ...context, format: formatOf(url, context.format, source) });
      },
    });
  }

  /** What a renewed file imports of the user's is read anew with it. */
  function sameVersion(url: string, parentURL: string): string {
    const { search } = new URL(parentURL);
    const isUsers = url.startsWith('file:') && !url.startsWith(ownRoot) && !url.includes('/node_modules/');
    return search.startsWith(RENEWED) && isUsers ? `${url}${search}` : url;
  }

  /** Whether anything that a file is made of is not as it was loaded. */
  function hasChanged(url: string): boolean {
    return [...filesOf(url)].some((each) => {
      const path = fileURLToPath(each);
      return !existsSync(path) || digest(readFileSync(path)) !== contents.get(each);
    });
  }

  /** Whether code of a file, or of what it imports, is among those that call now. */
  function isCalling(url: string): boolean {
    const { stack = '' } = new Error();
    return [...filesOf(url)].some((each) => stack.includes(each) || stack.includes(fileURLToPath(each)));
  }

  /** Files of the user's that a file is made of, itself included. */
  function filesOf(url: string, into = new Set<string>()): ReadonlySet<string> {
    if (!contents.has(url) || into.has(url)) return into;
    into.add(url);
    for (const next of imports.get(url) ?? []) filesOf(next, into);
    return into;
  }

  /** The innermost place of the stack that lies in a file loaded here. */
  function placeOf(error: unknown): { file: string; line: number } | null {
    for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
      for (const match of (at.stack ?? '').matchAll(/(file:\/\/\S+?):(\d+):\d+/g)) {
        if (contents.has(match[1]!)) return { file: fileURLToPath(match[1]!), line: Number(match[2]) };
      }
    }
    return null;
  }

  function explain(file: string, error: unknown): StrategyFileError {
    const place = placeOf(error);
    const message = error instanceof Error ? error.message : String(error);
    const cause = { cause: error };
    if (error instanceof ForbiddenError) {
      return new StrategyFileError(
        'forbidden',
        place?.file ?? file,
        place?.line ?? null,
        error.message,
        `${capital(error.instead)}.`,
        cause,
      );
    }
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (error instanceof SyntaxError) {
      const where = syntaxPlace(file, error);
      const isImport = message.includes('does not provide an export');
      const hint =
        code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX' ? STRIP_HINT : isImport ? importHint(message) : BAD_SYNTAX;
      return new StrategyFileError(isImport ? 'import' : 'syntax', where.file, where.line, message, hint, cause);
    }
    if (
      code.startsWith('ERR_MODULE_NOT_FOUND') ||
      code === 'ERR_UNSUPPORTED_DIR_IMPORT' ||
      code === 'ERR_PACKAGE_PATH_NOT_EXPORTED'
    ) {
      const hint = 'Relative imports need their ending (./signals.ts); packages must be installed beside the file.';
      return new StrategyFileError(
        'import',
        file,
        importLine(file, message),
        message.replace(/ imported from .*/, ''),
        hint,
        cause,
      );
    }
    const hint = 'The file threw while it was loaded; everything outside the handlers runs once, at that time.';
    return new StrategyFileError('threw', place?.file ?? file, place?.line ?? null, message, hint, cause);
  }

  async function load(path: string): Promise<LoadedFile> {
    if (!existsSync(path) || !statSync(path).isFile()) {
      throw new StrategyFileError(
        'not-found',
        path,
        null,
        'there is no such strategy file',
        'Check the path; it is relative to the working folder.',
      );
    }
    hook();
    // Modules go by where a file truly lies; a volume of Kubernetes shows its files through links.
    const first = pathToFileURL(realpathSync(path)).href;
    if (hasChanged(renewed.get(first) ?? first)) renewed.set(first, `${first}${RENEWED}${++renewals}`);
    const href = renewed.get(first) ?? first;
    const unseal = sealGlobals(() => !isCalling(href));
    let exported: unknown;
    try {
      const module: { default?: unknown } = await import(href);
      exported = module.default;
    } catch (error) {
      unseal();
      throw explain(path, error);
    }
    unseal();
    const all = [...filesOf(href)].sort((a, b) => (a < b ? -1 : 1)).map((url) => contents.get(url)!);
    return { path, exported, codeHash: all.length === 1 ? all[0]! : digest(all.join('\n')), outside: outsideOf(href) };
  }

  /** What of Node a file reaches, by itself or by what it imports of the user's; packages answer for themselves. */
  function outsideOf(url: string): readonly string[] {
    const own = [...filesOf(url)].filter((each) => !each.includes('/node_modules/'));
    const reached = own.flatMap((each) => [...(imports.get(each) ?? [])]).filter((each) => each.startsWith('node:'));
    return [...new Set(reached)].filter((each) => !PURE_MODULES.has(each.slice('node:'.length))).sort();
  }

  return {
    load(path) {
      const loaded = loading.then(() => load(path));
      loading = loaded.catch(() => {});
      return loaded;
    },
    sealed(body) {
      const unseal = sealGlobals();
      try {
        return body();
      } finally {
        unseal();
      }
    },
    placeOf,
  };
}

/** How Node is to read a file: one that is written as a module is one, whatever its package says that files are (`npm init` says CommonJS). */
function formatOf(url: string, format: string | null | undefined, source: Buffer): string | null | undefined {
  const isCommon = format?.startsWith('commonjs') === true && !url.includes('/node_modules/');
  if (!isCommon || !/\.[jt]s(\?|$)/.test(url) || !/^\s*(?:import\b(?!\s*[(.])|export\b)/m.test(source.toString()))
    return format;
  return format.replace('commonjs', 'module');
}

function digest(data: Buffer | string): string {
  return createHash('sha256').update(data).digest('hex');
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function importHint(message: string): string {
  return message.includes("'tradewright")
    ? "Exports of 'tradewright': defineStrategy, bars, universe, p, ta."
    : 'Check the name against what the imported file exports.';
}

/** Node writes `file:line` on top of the stack of a syntax error; for plain JavaScript it does not, and the type stripper is asked. */
function syntaxPlace(file: string, error: SyntaxError): { file: string; line: number | null } {
  const head = /^(?:file:\/\/)?(\/[^\n]+?|[A-Za-z]:[^\n]+?):(\d+)\n/.exec(error.stack ?? '');
  if (head) return { file: head[1]!.replace(/\?renewed=\d+$/, ''), line: Number(head[2]) };
  const emitWarning = process.emitWarning.bind(process);
  // The function is marked experimental, which is nothing to tell the author of a strategy.
  process.emitWarning = () => {};
  try {
    stripTypeScriptTypes(readFileSync(file, 'utf8'), { sourceUrl: file });
  } catch (again) {
    const line = again instanceof Error ? /:(\d+)\n/.exec(again.stack ?? '') : null;
    if (line) return { file, line: Number(line[1]) };
  } finally {
    process.emitWarning = emitWarning;
  }
  return { file, line: null };
}

function importLine(file: string, message: string): number | null {
  const wanted = /'([^']+)'/.exec(message)?.[1]?.split('/').at(-1);
  if (wanted === undefined) return null;
  const index = readFileSync(file, 'utf8')
    .split('\n')
    .findIndex((line) => line.includes('from') && line.includes(wanted));
  return index < 0 ? null : index + 1;
}
