/**
 * Ends this process in order, as SIGTERM does, once whoever launched it is gone, also by `kill -9`: whoever kills the process that was started means the
 * program, and what trades on behind it is seen by nobody. What was detached has no launcher, and none who is still there.
 */
export function endWithLauncher(): void {
  if (process.channel === undefined) return;
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  // Alone it keeps nothing running.
  process.channel.unref();
}
