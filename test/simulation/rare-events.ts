/** Counts what happens seldom, by name: a simulation in which something never happens has not tested it. */
export class RareEvents {
  readonly counts = new Map<string, number>();

  count(name: string, times = 1): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + times);
  }

  add(others: ReadonlyMap<string, number>): void {
    for (const [name, times] of others) this.count(name, times);
  }
}
