import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { eventually } from '@sallyport/testing';

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** Over this process's own, of which nothing about Sallyport or PostgreSQL is kept. */
  readonly env: Readonly<Record<string, string>>;
  /** Becomes PGPASSWORD. */
  readonly password?: { readonly tokenFile: string } | { readonly text: string };
  readonly stdin?: string;
}

export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit code, or the name of the signal that ended it. */
  readonly code: number | string;
}

export interface RunningCommand {
  readonly result: Promise<CommandResult>;
  /** What it has written so far, both streams. */
  written(): string;
  /** Waits until what it has written matches; gives the match. Throws when it ends before. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  kill(signal: NodeJS.Signals): void;
}

const TIMEOUT_MS = 60_000;

export function runCommand(command: Command): Promise<CommandResult> {
  return startCommand(command).result;
}

export function startCommand(command: Command): RunningCommand {
  const child = spawn(command.program, command.args, {
    env: { ...cleanEnvironment(), ...command.env, ...passwordOf(command) },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  let ended = false;
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  child.stdin.on('error', () => undefined); // It may end without reading.
  child.stdin.end(command.stdin ?? '');
  const result = new Promise<CommandResult>((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`cannot run ${command.program}: ${error.message}`)));
    child.once('close', (code, signal) => {
      ended = true;
      resolve({ stdout, stderr, code: code ?? signal ?? 'unknown' });
    });
  });
  const written = () => `${stdout}${stderr}`;
  return {
    result,
    written,
    until: (pattern) =>
      eventually(
        `output that matches ${pattern.source}`,
        () => {
          const match = pattern.exec(written());
          if (match === null && ended) throw new Error(`it ended with:\n${written()}`);
          return match ?? undefined;
        },
        { timeoutMs: 20_000 },
      ),
    kill: (signal) => void child.kill(signal),
  };
}

function passwordOf({ password }: Command): Record<string, string> {
  if (password === undefined) return {};
  return { PGPASSWORD: 'text' in password ? password.text : readFileSync(password.tokenFile, 'utf8') };
}

function cleanEnvironment(): Record<string, string | undefined> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(SALLYPORT_|PG|LANGUAGE)/.test(name));
  // psql speaks the language of its locale, and Debian's complains of one that is not installed.
  return { ...Object.fromEntries(kept), LC_ALL: 'C.UTF-8' };
}
