/** What is known about the machine and the installation. */
export interface HostFacts {
  readonly node: string;
  readonly platform: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly freeMemoryBytes: number;
  /** Free bytes on the disk of a folder; null where it cannot be told. */
  readonly freeDiskBytes: number | null;
  readonly timeZone: string;
  /** Whether the folder can be written to (it is made if it is not there). */
  readonly homeWritable: boolean;
}

export interface Host {
  nowMs(): number;
  /** Milliseconds of a clock that never goes back. */
  elapsedMs(): number;
  /** From now on a crash leaves no memory of this process on the disk; false where that cannot be had. */
  endCoreDumps(): Promise<boolean>;
  facts(homePath: string): HostFacts;
}
