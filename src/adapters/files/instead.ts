/** What strategies use instead of what would make their runs unrepeatable. */
export const CLOCK = 'use c.now, the time of the bars just closed';
export const CHANCE = 'compute it from a seed declared as a parameter, so that the run can be repeated';
export const TIMERS = 'declare onTimer: { every, run }, which fires in event time';
export const ENDING = 'throw an error, which ends the run with its line';
export const MODULES =
  'import the module at the top of the file, where the checks see that the strategy reads past its data';
export const NETWORK = 'declare a source; its values arrive as recorded inputs in onSource';
export const MACHINE = 'decide by the data alone; what a machine has free differs from one run to the next';
export const STATE = 'keep it in c.state, which is there again after a restart';
