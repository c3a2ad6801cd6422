/** Where text goes. */
export interface Sink {
  write(text: string): void;
  readonly isTty: boolean;
  /** Of the terminal; undefined where there is none. */
  readonly columns: number | undefined;
}

/** How another program ended. */
export type ProgramEnd = { readonly code: number } | { readonly signal: string };

/** Everything outside this program that a command touches, so that specs can stand in for it. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDirectory: string;
  /** What runs this program again, as absolute words. */
  readonly ownCommand: readonly string[];
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Standard input to its end, as UTF-8. */
  readStdin(): Promise<string>;
  now(): Date;
  /** Resolves after this many milliseconds; rejects when `signal` aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /**
   * Runs another program in the foreground, with this one's terminal, and gives how it ended. While
   * it runs, Ctrl-C is its business, and signals to this program go to it.
   * @throws the system's error where it cannot be started
   */
  runProgram(
    file: string,
    words: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<ProgramEnd>;
  /** Aborts when the user interrupts. */
  readonly interrupted: AbortSignal;
}
