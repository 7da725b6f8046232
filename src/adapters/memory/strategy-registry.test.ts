import { storedTablesContract } from '../../../test/contracts/stored-tables.ts';
import { strategyRegistryContract } from '../../../test/contracts/strategy-registry.ts';
import { memoryStoredTables } from './stored-tables.ts';
import { memoryStrategyRegistry } from './strategy-registry.ts';

strategyRegistryContract('memory', async () => ({
  registry: memoryStrategyRegistry(),
  ...{ reopen: null, tamper: null },
  async dispose() {},
}));

storedTablesContract('memory', async () => ({
  tables: memoryStoredTables(),
  columns: null,
  types: { text: '', decimal: '', real: '', count: '', time: '', json: '', flag: '' },
  async dispose() {},
}));
