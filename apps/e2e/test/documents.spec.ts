import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, temporaryDirectory, type TemporaryDirectory } from '@sallyport/testing';
import { chmodSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { isAsShown, shownBlocks, type ShownCommand } from './shown-commands.ts';
import {
  askTarget,
  portOf,
  psql,
  quickstart,
  ROOT,
  sallyport,
  stack,
  startBash,
  tokenOf,
  type Result,
} from './stack.ts';

const PAGES = ['README.md', 'docs/getting-started.md'];
/** Blocks that nobody runs. One more is a decision, and this number is where it is made. */
const NOT_RUN = 2;

const blocks = PAGES.flatMap((page) => shownBlocks(page, readFileSync(`${ROOT}${page}`, 'utf8')));
const runBlocks = blocks.filter(({ notRun }) => notRun === undefined);

/** A folder in which the pages' own lines work: commands, state, and `jq`, which a fresh machine may not have. */
function checkoutOf(stateDir: string, quickstartState: string): TemporaryDirectory {
  const directory = temporaryDirectory('documents');
  const script = (name: string, text: string) => {
    writeFileSync(directory.join(name), `#!/usr/bin/env bash\n${text}\n`);
    chmodSync(directory.join(name), 0o755);
  };
  symlinkSync(stateDir, directory.join('.sallyport'));
  symlinkSync(`${ROOT}sallyport`, directory.join('sallyport'));
  // The entry point as ./quickstart runs it, on free ports and with a state folder of its own.
  script(
    'quickstart',
    `exec "${process.execPath}" "${ROOT}tools/quickstart/src/main.ts" "$@" --free-ports --state "${quickstartState}"`,
  );
  script('jq', `exec "${process.execPath}" -e '${JQ}' "$2" "$3"`);
  return directory;
}

/** The few paths that the pages ask for. */
const JQ =
  'const [path, file] = process.argv.slice(1);' +
  'const keys = [...path.matchAll(/\\.(\\w+)|\\["([^"]+)"\\]/g)].map((m) => m[1] ?? m[2]);' +
  'console.log(keys.reduce((value, key) => value[key], JSON.parse(fs.readFileSync(file, "utf8"))));';

/** One reader of one page, who types what it shows, in order. */
class Reader {
  readonly #page: string;
  readonly #directory: TemporaryDirectory;
  readonly #exports: string[] = [];
  readonly #sessionId: string;
  #held: {
    readonly finished: Promise<Result>;
    readonly shown: readonly string[];
    readonly output: () => string;
  } | null = null;

  constructor(page: string, directory: TemporaryDirectory, sessionId: string) {
    this.#page = page;
    this.#directory = directory;
    this.#sessionId = sessionId;
  }

  async type({ command, shown }: ShownCommand): Promise<void> {
    if (/^export /.test(command)) {
      this.#exports.push(this.#asHere(command));
      return;
    }
    if (shown.some((line) => line.includes('held for approval'))) {
      await this.#typeHeld(command, shown);
      return;
    }
    // A recording is sealed a moment after its session ended.
    const patienceMs = /replay|verify/.test(command) ? 20_000 : 0;
    const expected = exitCodeOf(shown);
    const result = await eventually(
      command,
      async () => {
        const { code, stdout, stderr } = await this.#bash(this.#asHere(command)).finished;
        const output = stdout + stderr;
        if (code !== expected || !isAsShown(shown, output))
          throw new Error(
            `${this.#page} shows of "${command}":\n${shown.join('\n')}\nbut it gave ${code}:\n${output}`,
          );
        return { code };
      },
      { timeoutMs: patienceMs, intervalMs: 500 },
    ).catch((error: unknown) => {
      throw error instanceof Error && error.cause instanceof Error ? error.cause : error;
    });
    expect(result.code).toBe(expected);
    if (/ holds approve /.test(command)) await this.#released();
  }

  /** It waits: the page shows its first line, and goes on in another terminal. */
  async #typeHeld(command: string, shown: readonly string[]): Promise<void> {
    const running = this.#bash(this.#asHere(command));
    const notice = shown.filter((line) => line.includes('held for approval'));
    await eventually('the hold is shown', () => isAsShown(notice, running.output()));
    this.#held = { ...running, shown };
  }

  async #released(): Promise<void> {
    const held = this.#held;
    if (held === null) throw new Error('an approval of nothing');
    this.#held = null;
    const { code, stdout, stderr } = await held.finished;
    expect({ code, said: stderr + stdout }).toEqual({ code: 0, said: expect.stringContaining('DELETE 1') });
    expect(isAsShown(held.shown, stderr + stdout)).toBe(true);
  }

  /** The page's ports and ids are those of its own day. */
  #asHere(command: string): string {
    const holdId = /hld_\w+/.exec(this.#held?.output() ?? '')?.[0] ?? 'no-hold';
    return command
      .replaceAll(/\bhld_\w+/g, holdId)
      .replaceAll(/\bses_(\w+|\.\.\.)/g, this.#sessionId)
      .replaceAll('15432', `${portOf('postgres')}`)
      .replaceAll('http://127.0.0.1:8400', stack.endpoints['controlPlane'] ?? '');
  }

  #bash(command: string) {
    const script = [...this.#exports, command].join('\n');
    return startBash(script, this.#directory.path, {
      ...environmentOf(this.#page, command),
      PATH: `${this.#directory.path}:${process.env['PATH'] ?? ''}`,
      SALLYPORT_CONFIG_DIR: this.#directory.join('sallyport-config'),
    });
  }
}

/** What is refused ends psql with 1, and commands on a host with 126. */
function exitCodeOf(shown: readonly string[]): number {
  if (shown.some((line) => line.startsWith('ERROR:'))) return 1;
  return shown.some((line) => line.startsWith('sallyport: denied')) ? 126 : 0;
}

/** README leaves out who types; the page that it points to has it written out, and gets nothing. */
function environmentOf(page: string, command: string): Record<string, string> {
  if (page !== 'README.md') return {};
  if (!command.startsWith('./sallyport'))
    return {
      PGHOST: '127.0.0.1',
      PGPORT: `${portOf('postgres')}`,
      PGUSER: 'shop-agent',
      PGPASSWORD: tokenOf('shop-agent'),
    };
  const who = / (ssh|scp) /.test(command) ? 'shop-agent' : command.includes(' holds ') ? 'dan' : 'ada';
  return {
    SALLYPORT_URL: stack.endpoints['controlPlane'] ?? '',
    SALLYPORT_TOKEN_FILE: stack.people[who]?.tokenFile ?? '',
  };
}

/** A session with the statements whose replay README shows. */
async function sessionToReplay(): Promise<string> {
  await psql('shop-agent', 'shop', 'SELECT id, email FROM customers WHERE id = 5', 'DROP TABLE orders');
  return eventually('the session is listed', async () => {
    const { stdout } = await sallyport('ada', 'sessions', 'list', '--output', 'json');
    const { sessions = [] } = JSON.parse(stdout) as {
      sessions?: readonly { sessionId?: string; id?: string }[];
    };
    return sessions[0]?.sessionId ?? sessions[0]?.id;
  });
}

describe('what the pages show to be typed', () => {
  let sessionId = '';
  const own = temporaryDirectory('documents-own');
  const folders: TemporaryDirectory[] = [];
  const readers = new Map<string, Reader>();
  beforeAll(async () => {
    sessionId = await sessionToReplay();
    for (const page of PAGES) {
      const directory = checkoutOf(stack.stateDir, own.join('state'));
      folders.push(directory);
      readers.set(page, new Reader(page, directory, sessionId));
    }
  });
  afterAll(async () => {
    await quickstart('--stop', '--state', own.join('state'));
    for (const folder of [...folders, own]) folder.remove();
  });

  it('is run, but for what says why it is not', () => {
    expect(blocks.filter(({ notRun }) => notRun !== undefined)).toHaveLength(NOT_RUN);
    for (const { page, line, commands } of runBlocks) expect([page, line, commands.length]).not.toContain(0);
    expect(runBlocks.map(({ page }) => page)).toEqual(expect.arrayContaining(PAGES));
    expect(runBlocks.flatMap(({ commands }) => commands).length).toBeGreaterThanOrEqual(19);
  });

  it.each(runBlocks)(
    '$page, line $line',
    async ({ page, commands }) => {
      await askTarget(
        "insert into orders values (7, 8, 'lamp', 278.50, 'open', '2026-08-08') on conflict do nothing",
      );
      for (const command of commands) await readers.get(page)?.type(command);
    },
    120_000,
  );
});

describe('the comparison of what is shown', () => {
  it('takes other ids, times, wrapped lines and what three dots leave out, and nothing else', () => {
    const shown = [
      '+00:00.028  ALLOW  a/reads  ses_54bp-1',
      '    completed · 1 row · 4 ms',
      'ERROR:  one',
      '        two',
      'DETAIL:  {"a":1, ... "b":2}',
    ];
    const given =
      '+00:01.999  ALLOW  a/reads  ses_XYZ-1\n    SELECT 1\n    completed · 1 row · 41 ms\n' +
      'ERROR:  one two\nDETAIL:  {"a":1,"c":3,"b":2}\nHINT:  x\n';
    expect(isAsShown(shown, given)).toBe(true);
    for (const [from, to] of [
      ['ALLOW', 'DENY'],
      ['1 row', '2 rows'],
      ['"b":2', '"b":3'],
      ['ses_XYZ-1', 'ses_XYZ-2'],
      ['one two', 'one'],
    ] as const)
      expect([to, isAsShown(shown, given.replace(from, to))]).toEqual([to, false]);
    expect(isAsShown([...shown].reverse(), given)).toBe(false);
  });

  it('finds every command, also of a second terminal and behind a comment, and refuses hidden ones', () => {
    const page =
      '```text\npicture\n```\n<!-- not run: why -->\n```sh\n./a   # says\n\n./b\n```\n```\n$ one\nNOTICE: held for approval\n      $ two hld_x\nDONE\n```\n';
    expect(shownBlocks('p', page)).toEqual([
      {
        page: 'p',
        line: 5,
        notRun: 'why',
        commands: [
          { command: './a', shown: [] },
          { command: './b', shown: [] },
        ],
      },
      {
        page: 'p',
        line: 10,
        notRun: undefined,
        commands: [
          { command: 'one', shown: ['NOTICE: held for approval', 'DONE'] },
          { command: 'two hld_x', shown: [] },
        ],
      },
    ]);
    expect(() => shownBlocks('p', '```text\n$ rm -rf\n```')).toThrow(/p:1/);
    expect(() => shownBlocks('p', '```sh\n./a\n')).toThrow(/no end/);
  });
});
