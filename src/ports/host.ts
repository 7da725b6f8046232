/** What is found out about the machine and the installation by looking: at the disk, too. */
export interface HostFacts {
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
  /** Version of Node. */
  readonly node: string;
  /** System and processor. */
  readonly platform: string;
  nowMs(): number;
  /** Milliseconds of a clock that never goes back. */
  elapsedMs(): number;
  /**
   * From now on no signal opens a debugger to this process, and no crash leaves its memory on the disk; false where the latter cannot be
   * had.
   */
  guardMemory(): Promise<boolean>;
  facts(homePath: string): HostFacts;
  /** A run over so many bars is about to begin in this process, for which it may prepare. */
  expectBars(count: number): void;
}
