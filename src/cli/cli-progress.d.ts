/** The part of cli-progress that is used here; the package brings no types. */
declare module 'cli-progress' {
  interface Preset {
    readonly barCompleteChar: string;
    readonly barIncompleteChar: string;
  }
  interface Options {
    readonly format: string;
    readonly hideCursor?: boolean;
    readonly clearOnComplete?: boolean;
    readonly barsize?: number;
    readonly stream?: NodeJS.WritableStream;
  }
  class SingleBar {
    constructor(options: Options, preset?: Preset);
    start(total: number, startValue: number, payload?: object): void;
    update(value: number, payload?: object): void;
    setTotal(total: number): void;
    stop(): void;
  }
  const progress: { readonly SingleBar: typeof SingleBar; readonly Presets: { readonly shades_classic: Preset } };
  export type { SingleBar };
  export default progress;
}
