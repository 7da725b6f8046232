import { registerHooks } from 'node:module';

/** What Node is told of a module of ours. */
interface OwnModule {
  readonly url: string;
  readonly format: 'module' | 'module-typescript';
}

/**
 * Where an import between two files below `root` (a `file:` URL that ends with `/`) leads; null for everything else: packages, modules of Node,
 * what lies elsewhere or imports from there.
 */
export function ownImport(specifier: string, importer: string | undefined, root: string): OwnModule | null {
  if (!specifier.startsWith('.') || importer?.startsWith(root) !== true) return null;
  const { href: url } = new URL(specifier, importer);
  if (!url.startsWith(root)) return null;
  if (url.endsWith('.ts')) return { url, format: 'module-typescript' };
  return url.endsWith('.js') ? { url, format: 'module' } : null;
}

/** Zod's files that give all its languages as one object, which nobody here asks for: what is told of a value are words of our own. */
const LISTS_LANGUAGES = /\/node_modules\/zod\/v4\/(?:classic|core)\/[a-z]+\.js$/;

/**
 * Where zod's list of languages is looked for instead: at English, which it takes by itself. Some sixty files fewer, in every thread (CPU time of
 * `import 'zod'`, means of four: 48 and 23 ms). Null for every other import.
 */
export function oneLanguage(specifier: string, importer: string | undefined): string | null {
  if (specifier !== '../locales/index.js' || importer === undefined || !LISTS_LANGUAGES.test(importer)) return null;
  return new URL('../locales/en.js', importer).href;
}

/**
 * Spares Node the looks at the disk by which it finds out, for each of some thousands of imports, what ours say by themselves: they name the file
 * with its ending, none is a link, and all are modules. For this thread and what it imports from now on. Without it a start takes a tenth
 * more of the processor (medians of `sessions`: 354 and 323 ms, of `status`: 817 and 728, of `strategies` with its thread: 638 and 560).
 */
export function findOwnImports(root: string): void {
  registerHooks({
    resolve(specifier, context, next) {
      const own = ownImport(specifier, context.parentURL, root);
      if (own !== null) return { ...own, shortCircuit: true };
      return next(oneLanguage(specifier, context.parentURL) ?? specifier, context);
    },
  });
}
