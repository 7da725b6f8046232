import type { FaultSetting } from './table.ts';

const PLACEMENTS = [
  { method: 'POST', path: '/api/v3/order' },
  { method: 'POST', path: '/fapi/v1/order' },
  { path: 'order.place' },
] as const;

function onPlacements(setting: FaultSetting): readonly FaultSetting[] {
  return PLACEMENTS.map((only) => ({ ...setting, only }));
}

/** Mixtures by name. Rates are made up to be found within minutes of trading; they say nothing about how often Binance fails. */
export const FAULT_PROFILES: Readonly<Record<string, readonly FaultSetting[]>> = {
  none: [],
  'unsure-orders': [
    ...onPlacements({ fault: 'acknowledgement-lost', chance: 0.05 }),
    ...onPlacements({ fault: 'reply-late', chance: 0.05, delayMs: 2_000 }),
    ...onPlacements({ fault: 'error-before-acceptance', chance: 0.05 }),
    ...onPlacements({ fault: 'error-after-acceptance', chance: 0.05 }),
  ],
  'unsure-events': [
    { fault: 'user-event-duplicated', chance: 0.1 },
    { fault: 'user-events-reordered', chance: 0.1 },
    { fault: 'user-event-lost', chance: 0.02 },
    { fault: 'listen-key-expired', everyMs: 600_000 },
  ],
  'unsure-streams': [
    { fault: 'depth-gap', chance: 0.01 },
    { fault: 'snapshot-crossed', chance: 0.1 },
    { fault: 'streams-stalled', everyMs: 600_000, forMs: 45_000 },
    { fault: 'connections-dropped', everyMs: 300_000, forMs: 3_000 },
  ],
  overloaded: [
    { fault: 'too-many-requests', chance: 0.02 },
    { fault: 'address-banned', chance: 0.0005 },
    { fault: 'reply-late', chance: 0.1, delayMs: 1_500 },
    { fault: 'error-before-acceptance', chance: 0.03 },
    { fault: 'error-after-acceptance', chance: 0.01 },
  ],
  'changing-venue': [
    { fault: 'clock-skewed', everyMs: 900_000, forMs: 120_000, byMs: 4_000 },
    { fault: 'filters-changed', everyMs: 1_800_000, forMs: 600_000 },
    { fault: 'maintenance', everyMs: 3_600_000, forMs: 60_000 },
    { fault: 'market-closed', everyMs: 3_600_000, forMs: 120_000 },
  ],
  get everything() {
    return [
      ...this['unsure-orders']!,
      ...this['unsure-events']!,
      ...this['unsure-streams']!,
      ...this['overloaded']!,
      ...this['changing-venue']!,
    ];
  },
};

/** The settings of a profile; throws a sentence with the names there are. */
export function faultProfile(name: string): readonly FaultSetting[] {
  const profile = Object.hasOwn(FAULT_PROFILES, name) ? FAULT_PROFILES[name] : undefined;
  if (profile === undefined)
    throw new RangeError(`unknown fault profile "${name}"; there are ${Object.keys(FAULT_PROFILES).join(', ')}`);
  return profile;
}
