import { catalogue } from '../../core/indicators/catalogue.ts';
import { builtInStrategies as strategies } from '../../core/strategy/catalogue.ts';

interface Named {
  readonly word: string;
  readonly about: string;
}

/** Names for a shell's completion. */
export function builtInStrategies(): readonly Named[] {
  return strategies.map(({ def }) => ({ word: def.id, about: def.about ?? '' }));
}

export function indicatorNames(): readonly Named[] {
  return catalogue.map(({ name, title }) => ({ word: name, about: title }));
}

/** `fast=20` for every parameter of a built-in strategy. */
export function parametersOf(id: string): readonly Named[] {
  const strategy = strategies.find(({ def }) => def.id === id);
  const params = Object.entries(
    (strategy?.def.params ?? {}) as Readonly<Record<string, { readonly default: unknown; readonly kind: string }>>,
  );
  return params.map(([name, { default: byDefault, kind }]) => ({ word: `${name}=${String(byDefault)}`, about: kind }));
}
