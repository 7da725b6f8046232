import type { SingleBar } from 'cli-progress';

/** How far a run is, told on standard error. */
export interface ProgressTeller {
  tell(phase: string, done: number, total: number): void;
  /** Takes the bar off the screen. */
  end(): void;
}

/** Nothing at all: no terminal, or nobody wants to know. */
const SILENT: ProgressTeller = { tell() {}, end() {} };

/** Updates a second that programs get. */
const JSON_INTERVAL_MS = 500;

/** A bar on a terminal, lines of JSON for programs, silence elsewhere. */
export function progressTeller(mode: {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly isTerminal: boolean;
}): ProgressTeller {
  if (mode.quiet) return SILENT;
  if (mode.json) return jsonLines();
  return mode.isTerminal ? bar() : SILENT;
}

function jsonLines(): ProgressTeller {
  const started = performance.now();
  let lastMs = started;
  return {
    tell(phase, done, total) {
      const now = performance.now();
      if (now - lastMs < JSON_INTERVAL_MS || total === 0) return;
      lastMs = now;
      const seconds = (now - started) / 1000;
      const rate = seconds > 0 ? Math.round(done / seconds) : 0;
      const eta = rate > 0 ? Math.ceil((total - done) / rate) : null;
      process.stderr.write(
        `${JSON.stringify({ k: 'progress', phase, done: Number((done / total).toFixed(4)), rate, eta_s: eta })}\n`,
      );
    },
    end() {},
  };
}

/** A run shorter than this needs no bar. */
const PATIENCE_MS = 400;

function bar(): ProgressTeller {
  const started = performance.now();
  let shown: SingleBar | null = null;
  let loading = false;
  let last = { phase: '', done: 0, total: 0 };
  const show = async (): Promise<void> => {
    loading = true;
    const { default: progress } = await import('cli-progress');
    if (!loading) return;
    shown = new progress.SingleBar(
      {
        format: ' {phase} {bar} {percentage} %  {value}/{total}  {rate}/s  {eta} s left',
        hideCursor: true,
        clearOnComplete: true,
        barsize: 28,
        stream: process.stderr,
      },
      progress.Presets.shades_classic,
    );
    shown.start(last.total, last.done, { phase: last.phase, rate: '–' });
  };
  return {
    tell(phase, done, total) {
      last = { phase, done, total };
      const elapsed = performance.now() - started;
      if (shown) {
        shown.setTotal(total);
        shown.update(done, { phase, rate: elapsed > 0 ? Math.round((done / elapsed) * 1000) : 0 });
      } else if (!loading && elapsed > PATIENCE_MS) show().catch(() => {});
    },
    end() {
      loading = false;
      shown?.stop();
      shown = null;
    },
  };
}
