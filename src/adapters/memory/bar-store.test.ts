import { barStoreContract } from '../../../test/contracts/bar-store.ts';
import { memoryBarStore } from './bar-store.ts';

barStoreContract('memory', () => ({ store: memoryBarStore(), reopen: null, dispose: () => {} }));
