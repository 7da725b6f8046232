import { clockContract } from '../../../test/contracts/clock.ts';
import { systemClock } from './clock.ts';

clockContract('system', () => ({
  clock: systemClock(),
  pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}));
