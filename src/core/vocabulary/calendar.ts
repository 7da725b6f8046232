/** Trading calendars by name. `24x7` never closes; its days are UTC's. `us-equities`: New York's stock exchanges. */
export const CALENDARS = ['24x7', 'us-equities'] as const;
export type CalendarName = (typeof CALENDARS)[number];
