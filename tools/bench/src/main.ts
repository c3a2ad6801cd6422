/** `npm run bench`: see options.ts for what it takes. */
import type { Figure } from './figures.ts';
import { HELP, parseOptions, type BenchOptions, type Protocol } from './options.ts';
import { benchPostgres } from './postgres/bench-postgres.ts';
import { benchSsh } from './ssh/bench-ssh.ts';
import { jsonLine, table } from './report.ts';

/** What every benchmark is given. */
export interface BenchContext {
  readonly options: BenchOptions;
  /** Tells what is going on; standard output is for the result. */
  readonly say: (line: string) => void;
  /** Aborts when the run is to end: whatever was started must be stopped. */
  readonly signal: AbortSignal;
}

const BENCHES = {
  postgres: benchPostgres,
  ssh: benchSsh,
} as const satisfies Record<Protocol, (context: BenchContext) => Promise<readonly Figure[]>>;

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(HELP);
    return;
  }
  const say = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  const signal = interruption();
  const figures: Figure[] = [];
  for (const protocol of options.protocols)
    figures.push(...(await BENCHES[protocol]({ options, say, signal })));
  process.stdout.write(`${table(figures)}\n`);
  if (options.json) process.stdout.write(`${jsonLine(figures)}\n`);
}

/** Servers run in sessions of their own, so that a signal reaches this process only, which then stops them in order. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      controller.abort(new Error(`interrupted by ${name}; everything was stopped`));
    });
  }
  return controller.signal;
}

main().catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
