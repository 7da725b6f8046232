/** Upper ends of the classes of duration, seconds. */
export const JOB_BOUNDS_S = [0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3_600] as const;

export interface JobDurations {
  /** How many up to each bound, the larger bounds' holding the smaller ones'. */
  readonly counts: number[];
  count: number;
  sum: number;
  failures: number;
}

/** What a worker has counted of the tries that it carried out, by operation. */
export class JobTally {
  readonly byOperation = new Map<string, JobDurations>();

  ended(operation: string, kind: 'done' | 'failed' | 'cancelled', seconds: number): void {
    let durations = this.byOperation.get(operation);
    if (durations === undefined) {
      durations = { counts: JOB_BOUNDS_S.map(() => 0), count: 0, sum: 0, failures: 0 };
      this.byOperation.set(operation, durations);
    }
    durations.count++;
    durations.sum += seconds;
    if (kind === 'failed') durations.failures++;
    for (const [k, bound] of JOB_BOUNDS_S.entries()) if (seconds <= bound) durations.counts[k]!++;
  }
}
