import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, type ClientConfig } from 'pg';

/** What `./quickstart --json` prints. */
export interface Summary {
  readonly endpoints: Readonly<Record<string, string>>;
  readonly people: Readonly<
    Record<string, { readonly groups: readonly string[]; readonly tokenFile: string }>
  >;
  readonly targets: readonly { readonly name: string; readonly protocol: string }[];
  readonly stateDir: string;
}

export interface Result {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | string;
}

/** The checkout, with a slash at its end. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const RUN_TIMEOUT_MS = 290_000;

/** The stack that all specs share (global-setup.cjs). */
export const stack: Summary = JSON.parse(process.env['SALLYPORT_E2E_SUMMARY'] ?? '{}');

export const tokenOf = (who: string): string => readFileSync(stack.people[who]?.tokenFile ?? '', 'utf8');

export const portOf = (endpoint: string): number =>
  Number(new URL(`tcp://${stack.endpoints[endpoint] ?? ''}`).port);

/** Runs a program to its end, without anything of this process's own Sallyport or PostgreSQL settings. */
export function run(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Result> {
  const child = spawn(program, args, {
    env: { ...environmentOfOthers(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: RUN_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ stdout, stderr, code: code ?? signal ?? 'unknown' }));
  });
}

/** What somebody types into a shell in a folder, without anything of this process's own settings. */
export function startBash(script: string, cwd: string, env: Record<string, string>) {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
    cwd,
    env: { ...environmentOfOthers(), PSQLRC: '/dev/null', PGCONNECT_TIMEOUT: '15', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: RUN_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  const heard = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (heard.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (heard.stderr += chunk.toString()));
  const finished = new Promise<Result>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ ...heard, code: code ?? signal ?? 'unknown' }));
  });
  return { finished, output: () => heard.stderr + heard.stdout };
}

/** psql speaks the language of its locale; the specs read English. */
const environmentOfOthers = () => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(SALLYPORT_|PG|NODE_OPTIONS|LANGUAGE)/.test(name)),
  ),
  LC_ALL: 'C.UTF-8',
});

/** The quick start, run on its entry point as ./quickstart does. */
export const quickstart = (...args: readonly string[]): Promise<Result> =>
  run(process.execPath, [join(ROOT, 'tools/quickstart/src/main.ts'), ...args]);

/** The same, in the foreground until Ctrl-C. */
export const startQuickstart = (...args: readonly string[]) =>
  start(process.execPath, [join(ROOT, 'tools/quickstart/src/main.ts'), ...args], {});

function start(program: string, args: readonly string[], env: Record<string, string>) {
  const child = spawn(program, args, {
    env: { ...process.env, LC_ALL: 'C.UTF-8', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exitCode = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { output: () => output, exitCode, interrupt: () => child.kill('SIGINT') };
}

/** The command line, as somebody. */
export const sallyport = (who: string, ...args: readonly string[]): Promise<Result> =>
  run(process.execPath, [join(ROOT, 'apps/cli/src/main.ts'), ...args], {
    SALLYPORT_URL: stack.endpoints['controlPlane'] ?? '',
    SALLYPORT_TOKEN_FILE: stack.people[who]?.tokenFile ?? '',
  });

/** The command line with an environment of its own, still running. */
export const startSallyport = (env: Record<string, string>, ...args: readonly string[]) =>
  start(process.execPath, [join(ROOT, 'apps/cli/src/main.ts'), ...args], env);

/** Real psql through Sallyport; each text is a `-c` of one session. */
export const psql = (who: string, target: string, ...statements: readonly string[]): Promise<Result> =>
  run('psql', psqlArguments(statements), psqlEnvironment(who, target));

/** The same on the shop, still running: for statements that wait. */
export const startPsql = (who: string, ...statements: readonly string[]) =>
  start('psql', psqlArguments(statements), psqlEnvironment(who, 'shop'));

const psqlArguments = (statements: readonly string[]) => [
  '-X',
  '-At',
  '-v',
  'VERBOSITY=verbose',
  ...statements.flatMap((text) => ['-c', text]),
];

const psqlEnvironment = (who: string, target: string) => ({
  PGHOST: '127.0.0.1',
  PGPORT: `${portOf('postgres')}`,
  PGUSER: who,
  PGDATABASE: target,
  PGPASSWORD: tokenOf(who),
  PGCONNECT_TIMEOUT: '15',
});

/** A driver's connection through Sallyport; the caller ends it. */
export async function connect(who = 'shop-agent', config: ClientConfig = {}): Promise<Client> {
  const client = new Client({
    host: '127.0.0.1',
    port: portOf('postgres'),
    user: who,
    database: 'shop',
    password: tokenOf(who),
    ...config,
  });
  await client.connect();
  return client;
}

/** Asks the target itself, past Sallyport: what really happened. */
export async function askTarget(sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({
    host: '127.0.0.1',
    port: portOf('targetPostgres'),
    user: 'shop_app',
    database: 'shop',
    password: readFileSync(join(stack.stateDir, 'secrets', 'postgres-shop_app'), 'utf8'),
  });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Process ids of the stack, by name. */
export function processes(stateDir = stack.stateDir): Readonly<Record<string, number>> {
  return JSON.parse(readFileSync(join(stateDir, 'instance.json'), 'utf8')).processes;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
