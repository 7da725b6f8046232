/** How much something matters, least first. A page is for people at night. */
export const ALERT_SEVERITIES = ['info', 'warn', 'page'] as const;
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

/** What an alert is about. `alarm`: what a session says of itself, whatever it is; a page among them is a `reconcile`, too. */
export const ALERT_KINDS = [
  'risk',
  'drawdown',
  'feed',
  'reconcile',
  'alarm',
  'kill',
  'strategy',
  'order',
  'session',
  'metric',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];
