import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { eventually } from '../eventually.ts';
import { readingCapability } from './reading-capability.ts';

export interface ServerProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Default: this process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Run as this user; only root can. */
  readonly runAs?: UnixUser;
  /** Gets each piece of standard output and error. */
  readonly onOutput?: (text: string) => void;
}

/** A user of this machine, and whether it may read what its own rights do not open. */
export interface UnixUser {
  readonly uid: number;
  readonly gid: number;
  /** Adds a capability: for programs below a directory that only root may enter. */
  readonly readAnywhere: boolean;
}

/** A program that runs until it is stopped. The kernel ends it if this process dies first. */
export interface ServerProcess extends AsyncDisposable {
  readonly pid: number;
  /** The last part of what it wrote, for error messages. */
  output(): string;
  /** Settles with the exit code, or the signal's name. */
  readonly exited: Promise<number | string>;
  readonly running: boolean;
  kill(signal: NodeJS.Signals): void;
  /** Sends the signal, waits, and after `timeoutMs` kills. */
  stop(signal?: NodeJS.Signals, timeoutMs?: number): Promise<void>;
  /** Waits for what `look` gives; throws with the program's output if it ends before. */
  ready<T>(
    what: string,
    look: () => T | Promise<T>,
    timeoutMs?: number,
  ): Promise<Exclude<T, undefined | false>>;
}

const SETPRIV = '/usr/bin/setpriv';
const OUTPUT_KEPT = 16 * 1024;

export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const [command, args] = withPrivileges(options);
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // A group of its own: Ctrl-C at the terminal reaches the starter only, which then stops it in order.
  });
  let output = '';
  const collect = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-OUTPUT_KEPT);
    options.onOutput?.(chunk.toString('utf8'));
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const exited = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  await started(child, options.command);
  return wrap(child, exited, () => output, options.command);
}

/** Runs a program to its end; throws with its output if it does not end with 0. */
export async function runToEnd(options: ServerProcessOptions): Promise<string> {
  const server = await startServerProcess(options);
  const code = await server.exited;
  if (code !== 0) throw new Error(`${options.command} ended with ${code}:\n${server.output()}`);
  return server.output();
}

function wrap(
  child: ChildProcess,
  exited: Promise<number | string>,
  output: () => string,
  command: string,
): ServerProcess {
  const running = () => child.exitCode === null && child.signalCode === null;
  const stop = async (signal: NodeJS.Signals = 'SIGTERM', timeoutMs = 5_000) => {
    if (!running()) return;
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    await exited;
    clearTimeout(timer);
  };
  return {
    pid: child.pid ?? 0,
    output,
    exited,
    get running() {
      return running();
    },
    kill: (signal) => void child.kill(signal),
    stop,
    async ready(what, look, timeoutMs = 20_000) {
      const ended = new AbortController();
      void exited.then((code) => {
        ended.abort(new Error(`${command} ended with ${code} before ${what}:\n${output()}`));
      });
      return eventually(what, look, { timeoutMs, signal: ended.signal });
    },
    [Symbol.asyncDispose]: () => stop(),
  };
}

function withPrivileges({ command, args, runAs }: ServerProcessOptions): [string, readonly string[]] {
  if (!existsSync(SETPRIV)) {
    if (runAs !== undefined) throw new Error(`${SETPRIV} is missing; install the Debian package util-linux`);
    return [command, args];
  }
  const identity =
    runAs === undefined ? [] : ['--reuid', `${runAs.uid}`, '--regid', `${runAs.gid}`, '--clear-groups'];
  const reading = runAs?.readAnywhere === true ? readingArguments(command) : [];
  return [SETPRIV, [...identity, ...reading, '--pdeathsig', 'KILL', '--', command, ...args]];
}

function readingArguments(command: string): readonly string[] {
  const capability = readingCapability();
  if (capability === undefined)
    throw new Error(
      `${command} cannot run below a directory that only root may enter; use another directory`,
    );
  return ['--inh-caps', `+${capability}`, '--ambient-caps', `+${capability}`];
}

function started(child: ChildProcess, command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve());
    child.once('error', (error) => reject(new Error(`cannot start ${command}: ${error.message}`)));
  });
}
