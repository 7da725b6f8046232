import { Cron } from 'croner';
import type { CronTimes } from '../../ports/schedules.ts';

/** Times by croner. Where clocks are put forward, a time that does not exist is taken at once after; put back, it comes once. */
export const cronTimes: CronTimes = {
  next(cron, timeZone, afterMs) {
    try {
      // Croner reads an ISO time too: that would be a schedule of one time.
      if (!/^(?:\S+\s+){4,5}\S+$/.test(cron.trim())) throw new TypeError('expected five or six fields');
      return new Cron(cron, { timezone: timeZone, paused: true }).nextRun(new Date(afterMs))?.getTime() ?? null;
    } catch (error) {
      throw new RangeError(error instanceof Error ? error.message : String(error), { cause: error });
    }
  },
};
