import type { RegistryEntry } from '../../core/vocabulary/promotion.ts';
import type { StrategyLine, StrategyRegistry } from '../../ports/strategy-registry.ts';

/** A {@link StrategyRegistry} that ends with the process. */
export function memoryStrategyRegistry(): StrategyRegistry {
  const histories = new Map<string, RegistryEntry[]>();
  const lines = new Map<string, StrategyLine>();
  return {
    async append(strategy, after, drafts, line) {
      const history = histories.get(strategy) ?? [];
      if (history.length !== after) return false;
      const entries = drafts.map((draft, k) => ({ strategy, seq: after + 1 + k, ...structuredClone(draft) }));
      histories.set(strategy, [...history, ...entries]);
      lines.set(strategy, { ...line });
      return true;
    },
    entries: async (strategy) => structuredClone(histories.get(strategy) ?? []),
    strategies: async () => [...lines.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    async close() {},
  };
}
