/** `npm run bench`: see options.ts for what it takes. */
import type { Figure } from './figures.ts';
import { HELP, parseOptions, type BenchOptions, type Protocol } from './options.ts';
import { benchPostgres } from './postgres/bench-postgres.ts';
import { jsonLine, table } from './report.ts';

/** Tells what is going on; standard output is for the result. */
export type Say = (line: string) => void;

const BENCHES = {
  postgres: benchPostgres,
} as const satisfies Record<Protocol, (options: BenchOptions, say: Say) => Promise<readonly Figure[]>>;

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(HELP);
    return;
  }
  const say: Say = (line) => process.stderr.write(`${line}\n`);
  const figures: Figure[] = [];
  for (const protocol of options.protocols) figures.push(...(await BENCHES[protocol](options, say)));
  process.stdout.write(`${table(figures)}\n`);
  if (options.json) process.stdout.write(`${jsonLine(figures)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
