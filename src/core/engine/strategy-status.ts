/** Where one strategy of a session stands; read by risk before every order. */
export interface StrategyStatus {
  /** Share of the capital that is its own, 0 … 1. */
  readonly allocation: number;
  running: boolean;
  /** Whether its indicators no longer depend on where the data began. */
  settled: boolean;
}
