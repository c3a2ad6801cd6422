/** Tells the person what happens. Everything goes to standard error, so that `--json` has standard output for itself. */
export interface Progress {
  /** One line. */
  say(line: string): void;
  /** Runs one step and says how long it took; a step that throws says that it failed. */
  step<T>(title: string, run: () => Promise<T>): Promise<T>;
}

export function terminalProgress(
  write: (text: string) => void = (text) => process.stderr.write(text),
): Progress {
  return {
    say: (line) => write(`  ${line}\n`),
    async step(title, run) {
      const started = performance.now();
      const line = (mark: string) =>
        write(`  ${mark} ${title} (${((performance.now() - started) / 1000).toFixed(1)} s)\n`);
      try {
        const result = await run();
        line('ok  ');
        return result;
      } catch (error) {
        line('FAIL');
        throw error;
      }
    },
  };
}
