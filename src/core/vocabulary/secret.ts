const SHOWN = '[secret]';

/**
 * A text that must not be shown: API secrets, passphrases, tokens. Whatever prints, joins, serialises or clones it gets `[secret]` or
 * nothing; only {@link reveal} gives the text, at the one place that signs or sends it.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself. Never keep it, log it or put it into an error. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [Symbol.toPrimitive](): string {
    return SHOWN;
  }

  /** What Node's `util.inspect`, and so its console, shows. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return SHOWN;
  }
}
