import type { DoorName } from '../stack/doors.ts';
import type { Ports } from '../stack/ports.ts';
import type { StateFolder } from '../state/state-folder.ts';
import type { Summary } from '../summary.ts';
import { runCommand, startCommand, type CommandResult, type RunningCommand } from './command.ts';
import { inCheckout } from '../checkout.ts';

/** One thing that the tour shows. It throws, or checks what is false, when it did not show what it must. */
export interface Step {
  readonly title: string;
  readonly run: (tour: Tour) => Promise<void>;
}

/** A part of the tour: `./quickstart --demo NAME`. */
export interface DemoPart {
  readonly door: DoorName;
  readonly title: string;
  /** Puts back what an earlier tour changed. */
  readonly prepare: (tour: Tour) => Promise<void>;
  readonly steps: readonly Step[];
}

/** What a tour is through. */
export type TourStack = Pick<Tour, 'state' | 'ports' | 'doors' | 'summary'>;

const SHOWN_LINES = 14;

/** What steps work with: the stack, real clients, and a way to say and check what came back. */
export class Tour {
  readonly state: StateFolder;
  readonly ports: Ports;
  readonly doors: readonly DoorName[];
  readonly summary: Summary;
  readonly #write: (text: string) => void;
  #failures: string[] = [];

  constructor({ state, ports, doors, summary }: TourStack, write: (text: string) => void) {
    this.state = state;
    this.ports = ports;
    this.doors = doors;
    this.summary = summary;
    this.#write = write;
  }

  /** Says what is true now; a check that is false fails the step, which goes on. */
  check(claim: string, holds: boolean): void {
    this.#write(`   ${holds ? 'ok  ' : 'FAIL'} ${claim}\n`);
    if (!holds) this.#failures.push(claim);
  }

  /** The claims that were false since the last call. */
  takeFailures(): readonly string[] {
    return this.#failures.splice(0);
  }

  say(line: string): void {
    this.#write(`   ${line}\n`);
  }

  /** Shows a command as a person would type it, and what came back, shortened. */
  show(typed: string, result: CommandResult): void {
    this.#write(`   $ ${typed}\n`);
    const text = `${result.stdout}${result.stderr}`.trimEnd();
    const lines = text === '' ? [] : text.split('\n');
    for (const line of lines.slice(0, SHOWN_LINES)) this.#write(`     ${line}\n`);
    if (lines.length > SHOWN_LINES) this.#write(`     (${lines.length - SHOWN_LINES} lines more)\n`);
  }

  /** psql through Sallyport, as somebody, with each text as a `-c` of one session; shown. */
  async psql(who: string, target: string, ...statements: readonly string[]): Promise<CommandResult> {
    const result = await runCommand(this.#psqlCommand(who, target, statements));
    this.show(`psql ${target} ${statements.map((text) => `-c "${text}"`).join(' ')}    # as ${who}`, result);
    return result;
  }

  /** The same, still running: for statements that wait. */
  startPsql(who: string, target: string, ...statements: readonly string[]): RunningCommand {
    this.#write(`   $ psql ${target} ${statements.map((text) => `-c "${text}"`).join(' ')}    # as ${who}\n`);
    return startCommand(this.#psqlCommand(who, target, statements));
  }

  /** The command line, as somebody; shown. */
  async sallyport(who: string, ...args: readonly string[]): Promise<CommandResult> {
    const result = await this.sallyportQuietly(who, ...args);
    this.show(`./sallyport ${args.join(' ')}    # as ${who}`, result);
    return result;
  }

  sallyportQuietly(who: string, ...args: readonly string[]): Promise<CommandResult> {
    return runCommand({
      program: process.execPath,
      args: ['--disable-warning=ExperimentalWarning', inCheckout('apps/cli/src/main.ts'), ...args],
      env: {
        SALLYPORT_URL: this.summary.endpoints['controlPlane'] ?? '',
        SALLYPORT_TOKEN_FILE: this.tokenFile(who),
        // Keys and certificates for ssh: nothing is written outside of the state folder.
        SALLYPORT_CONFIG_DIR: this.state.directory('tour', 'sallyport'),
      },
    });
  }

  tokenFile(who: string): string {
    const person = this.summary.people[who];
    if (person === undefined) throw new Error(`nobody here is called ${who}`);
    return person.tokenFile;
  }

  #psqlCommand(who: string, target: string, statements: readonly string[]) {
    return psqlCommand(this.ports.postgres, target, statements, { tokenFile: this.tokenFile(who) });
  }
}

/** How psql is run: no start-up file, errors with their SQLSTATE, the token from its file. */
export function psqlCommand(
  port: number,
  target: string,
  statements: readonly string[],
  password: { readonly tokenFile: string } | { readonly text: string },
) {
  return {
    program: 'psql',
    args: ['-X', '-v', 'VERBOSITY=verbose', '-P', 'pager=off', ...statements.flatMap((text) => ['-c', text])],
    env: {
      PGHOST: '127.0.0.1',
      PGPORT: `${port}`,
      PGUSER: 'agent',
      PGDATABASE: target,
      PGCONNECT_TIMEOUT: '10',
      PGSSLMODE: 'prefer',
    },
    password,
  };
}
