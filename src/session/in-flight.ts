/** Orders that wait for a word of the venue: since when, and when the venue was asked for each of them last. */
export class InFlight {
  readonly #askEveryMs: number;
  readonly #alarmAfterMs: number;
  readonly #flights = new Map<number, { readonly sinceMs: number; askedMs: number; isAlarmed: boolean }>();

  constructor(askEveryMs: number, alarmAfterMs: number) {
    this.#askEveryMs = askEveryMs;
    this.#alarmAfterMs = alarmAfterMs;
  }

  /** Of the rows that wait now: those to be asked for, and those that have waited too long without {@link alarmed}. */
  look(rows: readonly number[], nowMs: number): { readonly due: number[]; readonly alarming: readonly number[] } {
    const due: number[] = [];
    const alarming: number[] = [];
    for (const row of [...this.#flights.keys()]) if (!rows.includes(row)) this.#flights.delete(row);
    for (const row of rows) {
      const flight = this.#flights.get(row) ?? { sinceMs: nowMs, askedMs: nowMs, isAlarmed: false };
      this.#flights.set(row, flight);
      if (nowMs - flight.askedMs >= this.#askEveryMs) due.push(row);
      if (!flight.isAlarmed && nowMs - flight.sinceMs >= this.#alarmAfterMs) alarming.push(row);
    }
    return { due, alarming };
  }

  asked(row: number, nowMs: number): void {
    const flight = this.#flights.get(row);
    if (flight) flight.askedMs = nowMs;
  }

  alarmed(row: number): void {
    const flight = this.#flights.get(row);
    if (flight) flight.isAlarmed = true;
  }
}
