import type { AnyStrategy } from '../../core/strategy/define-strategy.ts';
import { Hash128 } from '../../core/vocabulary/hash.ts';
import type { LoadedFile } from '../../ports/strategy-files.ts';
import { closest } from '../closest.ts';
import { Failure } from '../failures.ts';
import type { World } from '../world.ts';

export interface LoadedStrategy {
  readonly strategy: AnyStrategy;
  readonly codeHash: string;
  /** The file it came from; null for one that is built in. */
  readonly path: string | null;
  /** Modules of Node by which its code reaches beyond the run. */
  readonly outside: readonly string[];
  /** Its own id, where it runs under another. */
  readonly of?: string;
}

/** Whether a strategy is named by its file. */
export function isPath(name: string): boolean {
  return /[\\/]/.test(name) || /\.[cm]?[jt]s$/.test(name);
}

/** A built-in strategy by id, or the default export of a file. */
export async function loadStrategy(name: string, world: World): Promise<LoadedStrategy> {
  if (isPath(name)) {
    const path = world.files.resolve(name);
    return strategyIn(await world.strategyFiles.load(path));
  }
  // With all indicators: a strategy in a file loads what it needs.
  const { builtInStrategies } = await import('../../core/strategy/catalogue.ts');
  const strategy = builtInStrategies.find((s) => s.def.id === name);
  if (strategy) return { strategy, codeHash: hashOfDefinition(strategy), path: null, outside: [] };
  const ids = builtInStrategies.map((s) => s.def.id);
  const near = closest(name, ids);
  const file = world.files.exists(`${name}.ts`) ? ` The file ./${name}.ts is there: name it by its path.` : '';
  throw new Failure(
    'strategy-unknown',
    `there is no strategy "${name}"${near === null ? '' : `; did you mean ${near}?`}${file}`,
    {
      details: { found: name, expected: ids },
    },
  );
}

/** The strategy of a file as sessions have run it under this hash; null where it was not kept. */
export async function keptStrategy(codeHash: string, world: World): Promise<LoadedStrategy | null> {
  const kept = await world.strategyFiles.loadKept(codeHash);
  return kept === null ? null : strategyIn(kept);
}

function strategyIn({ path, exported, codeHash, outside }: LoadedFile): LoadedStrategy {
  if (isStrategy(exported)) return { strategy: exported, codeHash, path, outside };
  throw new Failure('strategy-invalid', `${path}: expected a strategy as default export, found ${typeOf(exported)}`, {
    hint: 'Write export default defineStrategy({ … }); the function is exported by tradewright.',
    details: { file: path, expected: 'export default defineStrategy({ … })', found: typeOf(exported) },
  });
}

function isStrategy(value: unknown): value is AnyStrategy {
  const def = (value as AnyStrategy | null | undefined)?.def;
  return typeof def?.id === 'string' && typeof def.data === 'object' && typeof def.indicators === 'function';
}

function typeOf(value: unknown): string {
  // A file without import and export is taken for CommonJS, which exports an empty object.
  const isNothing =
    value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
  return isNothing ? 'no default export' : value === null ? 'null' : typeof value;
}

/** Hash of the text of everything that a strategy is made of. */
function hashOfDefinition(strategy: AnyStrategy): string {
  const text = JSON.stringify(strategy.def, (_, value: unknown) =>
    typeof value === 'function' ? String(value) : value,
  );
  return new Hash128().text(text).digest();
}
