/**
 * Real shells as witnesses: a text is run in an empty folder, with a PATH of stubs that write down their words and do
 * nothing. What was run, and which files appeared, must be among what the inspection said.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectShell, type ShellDialect, type ShellInspection } from '../src/index.ts';

export interface Shell {
  readonly name: string;
  readonly command: readonly string[];
  readonly dialect: ShellDialect;
}

const SHELLS: readonly Shell[] = [
  { name: 'bash', command: ['/bin/bash', '--norc', '--noprofile', '-c'], dialect: 'bash' },
  { name: 'dash', command: ['/bin/dash', '-c'], dialect: 'posix' },
  { name: 'zsh', command: ['/bin/zsh', '-f', '-c'], dialect: 'zsh' },
  { name: 'mksh', command: ['/bin/mksh', '-c'], dialect: 'posix' },
  { name: 'busybox', command: ['/bin/busybox', 'sh', '-c'], dialect: 'posix' },
];

/** The shells of this machine; bash and dash are everywhere. */
export const INSTALLED_SHELLS = SHELLS.filter(({ command: [path = ''] }) => existsSync(path));

/** Programs that are witnesses. None of their names is a builtin, nor `cat`, which zsh runs for `> f`. */
const STUBS = [
  'rm',
  'ls',
  'curl',
  'grep',
  'x',
  'y',
  'f',
  'a',
  'b',
  'E',
  'in',
  'r',
  'sudo',
  '}',
  '{',
  ']]',
  '$rm',
  '$x',
];

/** Programs that are themselves, to see what they make of their words. */
const REAL = ['env', 'xargs', 'find', 'timeout', 'nice', 'nohup', 'stdbuf', 'setsid'];

interface Witnessed {
  readonly programs: readonly (readonly string[])[];
  readonly files: readonly string[];
}

export class ShellOracle {
  readonly #root = mkdtempSync(join(tmpdir(), 'shell-oracle-'));
  readonly #bin = join(this.#root, 'bin');
  #runs = 0;

  constructor() {
    mkdirSync(this.#bin);
    for (const name of STUBS) {
      const file = join(this.#bin, name);
      writeFileSync(
        file,
        // Beside the folder that it was found through, which is another for each run.
        `#!/bin/sh\ns=\${0##*/}\nfor a do s="$s\u001f$a"; done\nprintf '%s\u001e' "$s" >>"\${0%/*}.log"\n`,
      );
      chmodSync(file, 0o755);
    }
    for (const name of REAL) {
      const file = ['/usr/bin', '/bin'].map((folder) => join(folder, name)).find((path) => existsSync(path));
      if (file !== undefined) symlinkSync(file, join(this.#bin, name));
    }
    for (const {
      command: [path = ''],
      name,
    } of INSTALLED_SHELLS)
      symlinkSync(path, join(this.#bin, name));
    symlinkSync('/bin/dash', join(this.#bin, 'sh'));
  }

  async run({ command: [path = '', ...options] }: Shell, text: string): Promise<Witnessed> {
    const place = join(this.#root, `run-${this.#runs++}`);
    const [bin, log, folder] = [join(place, 'bin'), join(place, 'bin.log'), join(place, 'cwd')];
    mkdirSync(folder, { recursive: true });
    symlinkSync(this.#bin, bin);
    writeFileSync(log, '');
    await runToEnd(path, [...options, text], folder, { PATH: bin, HOME: folder, LC_ALL: 'C.UTF-8' });
    const programs = readFileSync(log, 'utf8')
      .split('\u001e')
      .filter((line) => line !== '')
      .map((line) => line.split('\u001f'));
    const files = readdirSync(folder);
    rmSync(place, { recursive: true, force: true });
    return { programs, files };
  }

  stop(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}

/** Longest that a text runs: some wait for input, or never end. */
const TIMEOUT_MS = 1000;

/** Runs a program in a process group of its own, so that nothing outlives it. */
async function runToEnd(
  path: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  // Pipes, so that it also waits for what goes on in the background.
  const child = spawn(path, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  child.stdout.resume();
  child.stderr.resume();
  const timer = setTimeout(() => killGroup(child.pid), TIMEOUT_MS);
  await once(child, 'close');
  clearTimeout(timer);
  killGroup(child.pid);
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // All of it has ended, as it should.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** What a shell did that an inspection did not tell; empty where it told everything, or that it could not. */
export function untold(inspection: ShellInspection, { programs, files }: Witnessed): string[] {
  if (!inspection.ok) return [];
  const { effects, commands } = inspection;
  if (effects.some(({ action }) => action === 'ssh.unknown' || action === 'ssh.shell')) return [];
  const isTold = ([name = '', ...args]: readonly string[]): boolean =>
    commands.some(
      ({ argv, isConstant }) =>
        argv[0] === name &&
        (!isConstant || (argv.length === args.length + 1 && args.every((arg, i) => arg === argv[i + 1]))),
    );
  const written = new Set(
    effects
      .filter(({ action }) => action === 'ssh.exec.write')
      .flatMap(({ objects }) => objects.map(({ name }) => name)),
  );
  // A number, or $HOME/x: told as it is written.
  const isUnnamed = [...written].some((name) => name.includes('$'));
  return [
    ...programs.filter((words) => !isTold(words)).map((words) => `ran ${words.join(' ')}`),
    ...files
      .filter((file) => !isUnnamed && !written.has(file) && !written.has(`./${file}`))
      .map((file) => `wrote ${file}`),
  ];
}

/** Inspects a text as each shell might have it, runs it in each, and says what was not told. */
export async function findUntold(oracle: ShellOracle, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const shell of INSTALLED_SHELLS) {
    const inspections = (['any', shell.dialect] as const).map((dialect) => ({
      dialect,
      inspection: inspectShell(text, { dialect, hasTerminal: false }),
    }));
    if (!inspections.some(({ inspection }) => mayRun(inspection))) continue;
    const witnessed = await oracle.run(shell, text);
    for (const { dialect, inspection } of inspections) {
      found.push(...untold(inspection, witnessed).map((each) => `${shell.name} (as ${dialect}) ${each}`));
    }
  }
  return found;
}

function mayRun(inspection: ShellInspection): boolean {
  return inspection.ok && !inspection.effects.some(({ action }) => action === 'ssh.unknown');
}
