/** The evaluation of alerts, of which an installation has one. */
export const ALERTS_TASK = 'alerts';
