/** A setting of this installation, as it may be shown: of a secret only whether it is set. */
export interface ShownSetting {
  readonly name: string;
  /** As it is named in a configuration file; null for what does not belong there. */
  readonly key: string | null;
  /** Null where it is not set. */
  readonly value: string | null;
  readonly origin: 'flag' | 'environment' | 'file' | 'default';
  readonly about: string;
}

export interface ShownSettings {
  /** The configuration file that was read; null for none. */
  readonly file: string | null;
  readonly settings: readonly ShownSetting[];
  /** Names of secrets that are set to what stands in examples, or have such a password in them. */
  readonly samples: readonly string[];
}
