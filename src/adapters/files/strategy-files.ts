import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ForbiddenError, type LoadedFile, StrategyFileError, type StrategyFiles } from '../../ports/strategy-files.ts';
import { MODULES } from './instead.ts';
import { codeHashOf, digest, type KeptCode, type KeptCodeFolder } from './kept-code.ts';
import { hear, outliveLateCalls, turn } from './late-calls.ts';
import { leaveWebSocketUnmade, sealGlobals } from './sealed-globals.ts';

/** Absolute URLs of the modules that strategy files import by name. */
export type EntryModules = Readonly<Record<string, string>>;

/** How the address of a file ends that has changed since it was loaded before. */
const RENEWED = '?renewed=';
/** How the address of a file ends that is read as it was kept, whatever stands there now. */
const KEPT = '?kept=';

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

/** Files that are being loaded in this thread, whoever loads them: each hears of the modules of all. */
let loads = 0;

const BAD_SYNTAX = 'Correct the line and run again.';
const STRIP_HINT =
  'Types are removed, not compiled: enums, namespaces and parameter properties have no meaning here. Use a const object or a union.';

/**
 * Loads strategies from anywhere on the disk, TypeScript as it is: `tradewright` and its entries are mapped to this installation,
 * whichever folder the file lies in. No security boundary: it is the user's own code, kept from what would make runs unrepeatable.
 * `keptCode`: where the code that sessions run is kept.
 */
export function strategyFiles(entries: EntryModules, ownRoot: string, keptCode: KeptCodeFolder): StrategyFiles {
  leaveWebSocketUnmade();
  /** Hash of every file that was loaded, and what it imports: as long as it does not change it is loaded once, whoever asks for it again. */
  const contents = new Map<string, string>();
  const imports = new Map<string, Map<string, string>>();
  const formats = new Map<string, string>();
  /** What these files import, also late: nothing else that the process loads meanwhile is a strategy's. */
  const reached = new Set<string>();
  /** Files as they were kept, by addresses of their own. */
  const kept = new Map<string, KeptCode['files'][number]>();
  /** Where a file stands that has changed since it was loaded first. */
  const renewed = new Map<string, string>();
  let renewals = 0;
  let isHooked = false;
  /** Who runs strategies and is told what their code throws late; where nobody does, the run is over, or has been judged for it. */
  const listeners = new Set<(error: unknown) => void>();
  /** Files are loaded one after another: each is sealed while it is. */
  let loading: Promise<unknown> = Promise.resolve();

  function hook(): void {
    if (isHooked) return;
    isHooked = true;
    outliveLateCalls();
    hear({
      isOwn: (thrown) => (listeners.size > 0 ? isOfStrategies(thrown) : placeOf(thrown) !== null),
      tell(error) {
        for (const listener of listeners) listener(error);
      },
    });
    registerHooks({
      resolve(specifier, context, next) {
        const url = entries[specifier];
        if (url !== undefined) return { url, shortCircuit: true };
        if (kept.has(specifier)) return { url: specifier, shortCircuit: true };
        const { parentURL } = context;
        const keptUrl = parentURL === undefined ? undefined : keptImport(specifier, parentURL);
        if (keptUrl !== undefined) return { url: keptUrl, shortCircuit: true };
        if (parentURL === undefined || !contents.has(parentURL)) return next(specifier, context);
        if (loads === 0 && isOwn(parentURL)) throw lateImport(specifier, context.conditions);
        const found = next(specifier, context);
        const resolved = { ...found, url: sameVersion(found.url, parentURL) };
        const known = imports.get(parentURL) ?? new Map<string, string>();
        imports.set(parentURL, known.set(specifier, resolved.url));
        reached.add(resolved.url);
        return resolved;
      },
      load(url, context, next) {
        if (!url.startsWith('file:') || url.startsWith(ownRoot)) return next(url, context);
        if (loads === 0 && !reached.has(url) && !kept.has(url)) return next(url, context);
        const file = kept.get(url);
        if (file !== undefined) return { format: file.format, source: file.text, shortCircuit: true };
        const source = readFileSync(fileURLToPath(url));
        if (!contents.has(url)) contents.set(url, digest(source));
        const loaded = next(url, { ...context, format: formatOf(url, context.format, source) });
        formats.set(url, loaded.format ?? 'module');
        return loaded;
      },
    });
  }

  /** Where an import of a file that was kept leads to, as it did then; undefined for what is no such file. */
  function keptImport(specifier: string, parentURL: string): string | undefined {
    const to = kept.get(parentURL)?.imports[specifier];
    const url = to === undefined ? undefined : `${to}${new URL(parentURL).search}`;
    if (url === undefined || !kept.has(url)) return undefined;
    imports.set(parentURL, (imports.get(parentURL) ?? new Map<string, string>()).set(specifier, url));
    return url;
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
    for (const next of imports.get(url)?.values() ?? []) filesOf(next, into);
    return into;
  }

  /** The innermost place of the stack that lies in a file loaded here. */
  function placeOf(error: unknown): { file: string; line: number } | null {
    for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
      for (const match of (at.stack ?? '').matchAll(
        /(file:\/\/\S+?|(?<=[ (])\/[^()\n]+?|(?<=[ (])[A-Za-z]:\\[^()\n]+?):(\d+):\d+/g,
      )) {
        // CommonJS is named by its path.
        const url = match[1]!.startsWith('file:') ? match[1]! : pathToFileURL(match[1]!).href;
        if (contents.has(url)) return { file: fileURLToPath(url), line: Number(match[2]) };
      }
    }
    return null;
  }

  /** What is no error has no stack to be known by, and the program throws none such: where strategies run it is theirs. */
  const isOfStrategies = (thrown: unknown): boolean => !(thrown instanceof Error) || placeOf(thrown) !== null;

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
    if (code === 'ERR_UNKNOWN_FILE_EXTENSION' || code === 'ERR_IMPORT_ATTRIBUTE_MISSING') {
      const hint = 'A strategy is a file of TypeScript or JavaScript: .ts, .mts, .js or .mjs.';
      return new StrategyFileError(
        'syntax',
        file,
        null,
        'expected a strategy, found another kind of file',
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
    const exported = await imported(href, path);
    const codeHash = codeHashOf(hashed(href).map((url) => contents.get(url)!));
    return { path, exported, codeHash, outside: outsideOf(href) };
  }

  /** The default export of a file, which has neither clock nor chance while it is loaded. */
  async function imported(href: string, path: string): Promise<unknown> {
    const unseal = sealGlobals(() => !isCalling(href));
    loads++;
    try {
      const module: { default?: unknown } = await import(href);
      return module.default;
    } catch (error) {
      throw explain(path, error);
    } finally {
      loads--;
      unseal();
    }
  }

  /** The files that a file is made of, in the order in which they are hashed. */
  function hashed(href: string): string[] {
    return [...filesOf(href)].sort((a, b) => (a < b ? -1 : 1));
  }

  /** What of Node a file reaches, by itself or by what it imports of the user's; packages answer for themselves. */
  function outsideOf(url: string): readonly string[] {
    const own = [...filesOf(url)].filter(isOwn);
    const reached = own
      .flatMap((each) => [...(imports.get(each)?.values() ?? [])])
      .filter((each) => each.startsWith('node:'));
    return [...new Set(reached)].filter((each) => !PURE_MODULES.has(each.slice('node:'.length))).sort();
  }

  function keep({ path, codeHash }: Pick<LoadedFile, 'path' | 'codeHash'>): void {
    const first = pathToFileURL(realpathSync(path)).href;
    const href = renewed.get(first) ?? first;
    // What was loaded in this program is still in its memory; the texts are read again, and kept if they are the same ones.
    const files = hashed(href).map((url) => ({
      ...{ url: plain(url), format: formats.get(url) ?? 'module', text: readFileSync(fileURLToPath(url), 'utf8') },
      imports: Object.fromEntries([...(imports.get(url) ?? [])].map(([specifier, to]) => [specifier, plain(to)])),
    }));
    keptCode.put(codeHash, { path, main: first, files });
  }

  async function loadKept(codeHash: string): Promise<LoadedFile | null> {
    const code = keptCode.get(codeHash);
    if (code === null) return null;
    hook();
    const search = `${KEPT}${codeHash}`;
    for (const file of code.files) {
      kept.set(`${file.url}${search}`, file);
      contents.set(`${file.url}${search}`, digest(file.text));
    }
    const href = `${code.main}${search}`;
    const exported = await imported(href, code.path);
    return { path: code.path, exported, codeHash, outside: outsideOf(href) };
  }

  function inTurn<T>(body: () => Promise<T>): Promise<T> {
    const loaded = loading.then(body);
    loading = loaded.catch(() => {});
    return loaded;
  }

  return {
    load: (path) => inTurn(() => load(path)),
    keep,
    loadKept: (codeHash) => inTurn(() => loadKept(codeHash)),
    sealed(body) {
      const unseal = sealGlobals();
      try {
        return body();
      } finally {
        unseal();
      }
    },
    turn: () => turn(isOfStrategies),
    hear(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
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

/** Whether a file is the user's; packages answer for themselves. */
const isOwn = (url: string): boolean => !url.includes('/node_modules/');

/** The address of a file, whichever version of it is meant. */
function plain(url: string): string {
  return url.replace(/\?(renewed|kept)=.*$/, '');
}

/** A module that is asked for after its file was loaded: no check would know of it, and its text is not in the code's hash. */
function lateImport(specifier: string, conditions: readonly string[]): ForbiddenError {
  const { stackTraceLimit } = Error;
  // Node's own loader stands between here and the line that asks.
  Error.stackTraceLimit = 50;
  const call = conditions.includes('require') ? 'require' : 'import';
  const error = new ForbiddenError(`${call}('${specifier}')`, MODULES);
  Error.stackTraceLimit = stackTraceLimit;
  return error;
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
