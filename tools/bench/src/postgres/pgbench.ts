import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { quantile } from '../statistics.ts';

const run = promisify(execFile);

export interface PgbenchTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password: string;
}

export interface PgbenchLoad {
  readonly mode: 'simple' | 'prepared';
  readonly clients: number;
  readonly transactionsPerClient: number;
}

export interface PgbenchResult {
  /** Without the time to connect. */
  readonly tps: number;
  /** Of single transactions. */
  readonly p50Us: number;
  readonly p99Us: number;
}

/** The select-only script of pgbench. @throws Error with pgbench's output when a transaction fails */
export async function pgbench(target: PgbenchTarget, load: PgbenchLoad): Promise<PgbenchResult> {
  const directory = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
  try {
    const output = await runPgbench(target, [
      ...[
        '-n',
        '-S',
        '-M',
        load.mode,
        '-c',
        `${load.clients}`,
        '-j',
        '1',
        '-t',
        `${load.transactionsPerClient}`,
      ],
      ...['-l', `--log-prefix=${join(directory, 'latency')}`],
    ]);
    const tps = /^tps = ([0-9.]+)/m.exec(output)?.[1];
    if (tps === undefined) throw new Error(`pgbench did not say its rate:\n${output}`);
    return { tps: Number(tps), ...latencies(directory) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Runs pgbench to its end; its output. */
export async function runPgbench(target: PgbenchTarget, args: readonly string[]): Promise<string> {
  const where = ['-h', target.host, '-p', `${target.port}`, '-U', target.user, target.database];
  const env = { ...process.env, PGPASSWORD: target.password, PGSSLMODE: 'disable', PGGSSENCMODE: 'disable' };
  const { stdout } = await run(findPgbench(), [...args, ...where], { env, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/** In the PATH, or where Debian keeps it. */
function findPgbench(): string {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const directories = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    ...versions.map((version) => join(debian, version, 'bin')),
  ];
  const found = directories.map((directory) => join(directory, 'pgbench')).find((path) => existsSync(path));
  if (found === undefined)
    throw new Error(
      'pgbench is not here; install the Debian package postgresql (postgresql-contrib elsewhere)',
    );
  return found;
}

/** From pgbench's log, whose third field is a transaction's time in microseconds. */
function latencies(directory: string): { readonly p50Us: number; readonly p99Us: number } {
  const times: number[] = [];
  for (const name of readdirSync(directory)) {
    for (const line of readFileSync(join(directory, name), 'utf8').split('\n')) {
      if (line !== '') times.push(Number(line.split(' ', 3)[2]));
    }
  }
  times.sort((a, b) => a - b);
  return { p50Us: quantile(times, 0.5), p99Us: quantile(times, 0.99) };
}
