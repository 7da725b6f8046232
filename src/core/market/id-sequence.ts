/** `first`: nothing to compare with. `repeated`: seen already, or older than what was seen. `gap`: {@link IdSequence.missing} ids left out. */
export type IdPlace = 'first' | 'next' | 'repeated' | 'gap';

/** Checks ids that a venue counts up by one, as those of its trades. What comes after a gap is taken; the gap is said once. */
export class IdSequence {
  lastId = Number.NaN;
  /** Ids left out by the last gap. */
  missing = 0;

  next(id: number): IdPlace {
    const { lastId } = this;
    if (id <= lastId) return 'repeated';
    this.lastId = id;
    if (Number.isNaN(lastId)) return 'first';
    if (id === lastId + 1) return 'next';
    this.missing = id - lastId - 1;
    return 'gap';
  }
}
