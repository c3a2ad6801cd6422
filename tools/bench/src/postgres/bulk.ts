import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { PgbenchTarget } from './pgbench.ts';

const run = promisify(execFile);
const CLIENT = fileURLToPath(new URL('bulk-client.ts', import.meta.url));

export interface BulkResult {
  readonly bytes: number;
  readonly seconds: number;
}

/** Runs one query in a client of its own process, which counts the answer's bytes and looks at none. */
export async function readBulk(target: PgbenchTarget, sql: string): Promise<BulkResult> {
  const env = { ...process.env, BULK_TARGET: JSON.stringify({ ...target, sql }) };
  const { stdout } = await run(process.execPath, ['--disable-warning=ExperimentalWarning', CLIENT], { env });
  return JSON.parse(stdout) as BulkResult;
}
