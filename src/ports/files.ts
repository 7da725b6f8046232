/** Text files of the user's: reports, templates, settings. Paths are relative to the working folder. */
export interface TextFiles {
  /** Absolute path. */
  resolve(path: string): string;
  exists(path: string): boolean;
  /** Null where there is no such file. */
  read(path: string): string | null;
  /** Writes a file whole or not at all, making folders on the way. */
  write(path: string, text: string): void;
  /** Names in a folder, sorted; empty where there is none. */
  list(folder: string): readonly string[];
}
