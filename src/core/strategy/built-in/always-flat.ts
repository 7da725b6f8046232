import { universe } from '../data.ts';
import { defineStrategy } from '../define-strategy.ts';

/** The baseline of baselines: equity must stay what it was, to the cent. */
export const alwaysFlat = defineStrategy({
  id: 'always-flat',
  version: '1',
  about: 'Never trades. What it shows besides a flat line is a fault of the system or a cost of holding cash.',
  failsWhen: 'Anything else earns: it forgoes every gain, and inflation is not in its curve.',
  params: {},
  data: { universe: universe() },
  indicators: () => ({}),
});
