import { HoldStatus } from '@sallyport/contracts/dataplane';
import { eventually } from '@sallyport/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { DoorFixture, TARGET } from './support/door-fixture.ts';
import { Terminal } from './support/terminal.ts';

/** Everything but touching the marker: whoever makes it exist ran something that was not allowed. */
const policies = (marker: string) => `
apiVersion: sallyport.dev/v1
kind: Policy
metadata: { name: people-on-web }
spec:
  subjects: [ { group: agents } ]
  targets: { names: ["web"] }
  rules:
    - name: guarded
      allow: { actions: [ssh.shell.guarded] }
    - name: lines
      allow: { actions: [ssh.exec, ssh.exec.read, ssh.env] }
    - name: no-marker
      deny: { actions: [ssh.exec, ssh.exec.write], objects: ["touch ${marker}*", "${marker}*"], message: "not that file" }
    - name: held
      hold: { actions: [ssh.exec], objects: ["echo held*"], approvers: [{ group: ops }], count: 1, timeout: 1m }
`;

let door: DoorFixture;
let marker = '';
const PROMPT = /[#$] $/;

async function start(): Promise<Terminal> {
  const made = new Terminal(door.start([], { args: ['-tt'] }));
  await made.shows(PROMPT);
  return made;
}

beforeAll(async () => {
  door = await DoorFixture.start({ policies: '' });
  marker = door.directory.join('marker');
  door.controlPlane.apply(policies(marker));
});
beforeEach(() => {
  door.spool.clear();
  door.controlPlane.apply(policies(marker));
});
afterAll(() => door.stop());

const lines = () =>
  door.events.flatMap(({ body }) =>
    body.case === 'statementDecided' && body.value.statement?.kind === 'ssh.shell.line'
      ? [body.value.statement.text]
      : [],
  );

describe('a guarded shell', () => {
  let terminal: Terminal;
  beforeEach(async () => {
    terminal = await start();
  });
  afterEach(() => {
    terminal.close();
  });

  it('runs a line that is allowed, and records it with how it ended', async () => {
    terminal.type('echo one-$((1 + 1)); (exit 3)\r');
    await terminal.shows('one-2\r\n');
    await terminal.shows(PROMPT);
    terminal.type('echo status-$?\r');
    await terminal.shows('status-3\r\n');
    expect(lines()).toEqual(['echo one-$((1 + 1)); (exit 3)', 'echo status-$?']);
    await eventually('its end is recorded', () =>
      door.events.some(({ body }) => body.case === 'statementFinished' && body.value.status === 'exit 3'),
    );
  });

  it('does not run a line that is denied, says why, and goes on with 126', async () => {
    terminal.type(`touch ${marker}\r`);
    await terminal.shows('sallyport: denied by rule "no-marker": ');
    await terminal.shows(PROMPT);
    terminal.type('echo status-$?\r');
    await terminal.shows('status-126\r\n');
    expect(existsSync(marker)).toBe(false);
  });

  it('holds a line until it is approved, and shows meanwhile that it waits', async () => {
    terminal.type('echo held-line\r');
    await terminal.shows('sallyport: held for approval by rule "held"');
    await eventually('there is a hold', () => door.controlPlane.holds.length > 0);
    terminal.type('echo typed-ahead\r');
    door.controlPlane.settle(door.controlPlane.holds.at(-1)?.id ?? '', HoldStatus.APPROVED);
    await terminal.shows('\nheld-line\r\n');
    await terminal.shows('\ntyped-ahead\r\n');
    expect(lines()).toEqual(['echo held-line', 'echo typed-ahead']);
  });

  it('does not run a held line that its caller interrupts', async () => {
    terminal.type('echo held-never\r');
    await terminal.shows('sallyport: held for approval');
    terminal.type('\u0003');
    await terminal.shows(PROMPT);
    terminal.type('echo status-$?\r');
    expect(await terminal.shows('status-126\r\n')).not.toContain('\nheld-never');
    expect(door.controlPlane.holds.at(-1)?.state.status).toBe(HoldStatus.WITHDRAWN);
  });

  it('does not run when no policy covers it any more', async () => {
    door.controlPlane.apply(policies(marker).replace('ssh.exec, ssh.exec.read', 'ssh.exec.read'));
    terminal.type('echo after\r');
    await terminal.shows('sallyport: No rule allows ssh.exec on echo after');
  });

  it('asks about all lines of a command that has several, as one', async () => {
    terminal.type('for i in 1 2; do\recho "loop-$i"\rdone\r');
    await terminal.shows('\nloop-1\r\nloop-2\r\n');
    await terminal.shows(PROMPT);
    terminal.type('cat <<E\rin-$((2+3))\rE\r');
    await terminal.shows('\nin-5\r\n');
    await terminal.shows(PROMPT);
    terminal.type('echo "two\rlines"\r');
    await terminal.shows('\ntwo\r\nlines\r\n');
    expect(lines()).toEqual([
      'for i in 1 2; do\necho "loop-$i"\ndone',
      'cat <<E\nin-$((2+3))\nE',
      'echo "two\nlines"',
    ]);
  });

  it('takes a paste of several lines as lines that are typed', async () => {
    const env = { ...door.env(), TERM: 'xterm' };
    const args = ['-tt', ...door.sshArgs(), `${TARGET}@127.0.0.1`];
    const pasting = new Terminal(spawn('ssh', args, { env, stdio: 'pipe' }));
    await pasting.shows(PROMPT);
    pasting.type('echo first-1\necho second-2\n');
    await pasting.shows('\nfirst-1\r\n');
    await pasting.shows('\nsecond-2\r\n');
    pasting.close();
    expect(pasting.screen).not.toContain('\u001b[?2004h');
    expect(lines()).toEqual(['echo first-1', 'echo second-2']);
  });

  it('runs each of the lines that are typed ahead, in order, and asks about each', async () => {
    terminal.type('echo a-1\recho b-2\rsleep 0.2\recho c-3\recho d-4\r');
    await terminal.shows('\na-1\r\n');
    await terminal.shows('\nb-2\r\n');
    await terminal.shows('\nc-3\r\n');
    await terminal.shows('\nd-4\r\n');
    expect(lines()).toEqual(['echo a-1', 'echo b-2', 'sleep 0.2', 'echo c-3', 'echo d-4']);
  });

  it('has a history, line editing, variables and jobs as any bash', async () => {
    terminal.type('x=ünïcode; declare -A m; m[a]=1\r');
    await terminal.shows(PROMPT);
    terminal.type('echo "$x-${m[a]}" wrong\u0017right\r');
    await terminal.shows('\nünïcode-1 right\r\n');
    await terminal.shows(PROMPT);
    terminal.type('\u001b[A\r');
    await terminal.shows('\nünïcode-1 right\r\n');
    await terminal.shows(PROMPT);
    terminal.type('sleep 30\r');
    await eventually('it runs', () => lines().includes('sleep 30'));
    terminal.type('\u001a');
    await terminal.shows('Stopped');
    await terminal.shows(PROMPT);
    terminal.type('fg\r');
    await terminal.shows('\nsleep 30\r\n');
    terminal.type('\u0003');
    await terminal.shows(PROMPT);
    terminal.type('echo status-$?\r');
    await terminal.shows('\nstatus-130\r\n');
  });

  it('goes on after Ctrl-C at the prompt, and when it stops a loop', async () => {
    terminal.type('echo never\u0003');
    await terminal.shows('echo never^C\r\n');
    await terminal.shows(PROMPT);
    terminal.type('while :; do :; done\r');
    await eventually('it runs', () => lines().length === 1);
    terminal.type('\u0003');
    await terminal.shows(PROMPT);
    terminal.type('echo still-$((40 + 2))\r');
    await terminal.shows('\nstill-42\r\n');
  });

  it('gives a program the keys that are typed while it runs', async () => {
    terminal.type('read -r word; echo "got-$word"\r');
    await eventually('it runs', () => lines().length === 1);
    terminal.type('something\r');
    await terminal.shows('\ngot-something\r\n');
  });

  it('ends with the status of exit, and with Ctrl-D', async () => {
    terminal.type('exit 7\r');
    expect(await terminal.ended).toBe(7);
    terminal = await start();
    terminal.type('\u0004');
    expect(await terminal.ended).toBe(0);
  });

  it('is recorded as a terminal, without the questions', async () => {
    terminal.type('echo recorded\r');
    await terminal.shows('\nrecorded\r\n');
    const outputs = door.events.flatMap(({ body }) => (body.case === 'output' ? [body.value] : []));
    const text = Buffer.concat(outputs.map(({ data }) => data)).toString();
    expect(new Set(outputs.map(({ format }) => format))).toEqual(new Set(['terminal']));
    expect(text).toContain('recorded');
    expect(text).not.toContain('7733');
    expect(terminal.screen).not.toContain('7733');
    expect(terminal.screen).not.toContain(' allow');
  });

  it('needs a terminal', async () => {
    const result = await door.ssh([], { args: ['-T'], input: `touch ${marker}\n` });
    expect(result.code).toBe(126);
    expect(result.err).toContain('needs a terminal');
    expect(existsSync(marker)).toBe(false);
  });

  it('is not started where a shell is allowed outright, or no shell is', async () => {
    door.controlPlane.apply(policies(marker).replace('ssh.shell.guarded', 'ssh.shell, ssh.shell.guarded'));
    const plain = new Terminal(door.start([], { args: ['-tt'] }));
    plain.type('echo plain-$((1 + 1)); exit\r');
    await plain.shows('plain-2\r\n');
    await plain.ended;
    door.controlPlane.apply(policies(marker).replace('ssh.shell.guarded', 'ssh.agent'));
    const refused = new Terminal(door.start([], { args: ['-tt'] }));
    expect(await refused.ended).toBe(126);
    door.controlPlane.apply(policies(marker));
    expect(lines()).toEqual([]);
  });
});

describe('a caller who would take the guard off', () => {
  /** Typed one after the other; M is the file that must not come to be. Most are refused, the rest change nothing. */
  const attempts: string[] = [
    'trap - DEBUG',
    "trap 'touch M' EXIT",
    "trap 'touch M' CHLD; sleep 0",
    'shopt -u extdebug',
    'shopt -s expand_aliases; alias echo="touch M"',
    'exec bash',
    "exec $'b\\x61sh'",
    'bash --norc',
    'sh',
    "sh -c 'touch M'",
    "python3 -c \"open('M','w')\"",
    "PROMPT_COMMAND='touch M'",
    "PS1='$(touch M)'; shopt -s promptvars",
    "PS4='$(touch M)'; set -x",
    "PS0='$(touch M)'",
    'enable -n trap',
    'enable -n read',
    'unset -f __sallyport_turn',
    'unset -f __sally""port_ask',
    '__sallyport_ask() { :; }',
    "function read { __sally''port_line='touch M'; }",
    'read() { echo touch M; }',
    'read \\\r() { echo touch M; }',
    'printf() { touch "$@"; }',
    "declare -i __sallyport_l; __sallyport_l='a[$(touch M)]'",
    "declare -n x='__sallyport_line'",
    'declare -p',
    'set',
    'set -x',
    'set -o vi',
    'bind -x \'"\\C-t":touch M\'',
    'eval "touch" M',
    'source /dev/stdin <<< "touch M"',
    '. <(echo touch M)',
    "fc -e 'touch M'",
    "history -s 'touch M'",
    'complete -C "touch M" echo',
    'compgen -C "touch M" x',
    "mapfile -C 'touch M #' -c 1 <<< x",
    'exec 255<<< "touch M"',
    'exec 0<&-',
    'exec <<< "touch M"',
    'exec 2>/dev/null',
    'hash -p /usr/bin/touch echo; echo M',
    'x=touch; $x M',
    "$'to\\x75ch' M",
    'echo $(touch M)',
    '{ :; } > M',
    ': > M',
    'echo x >> M &',
    '(touch M)',
    'coproc touch M',
    'a=(x[$(touch M)]=1)',
    "x='y[$(touch M)]'",
    'echo $((x))',
    '[[ -v x ]] || test -v "$x"',
    'break; break 9; continue',
    '}; touch M; {',
    'echo "a\rb"; touch M',
    'ls | xargs -I{} touch M',
    'find / -maxdepth 0 -exec touch M \\;',
    'suspend',
    'tou\\\rch M',
    'command -p touch M',
    'builtin source M; builtin exec touch M',
    'env touch M',
    'BASH_ENV=M bash',
    'f() { touch M; }; f',
  ];
  const keys: [string, string][] = [
    ['edit-and-execute-command', 'touch M\u0018\u0005'],
    ['shell-expand-line', 'echo $(touch M)\u001b\u0005'],
    ['completion of a substitution', 'echo $(touch M)/\t\t'],
    ['completion of a variable with a substitution', 'echo `touch M`\t\t'],
    ['operate-and-get-next', 'touch M\u000f'],
    ['a key of vi that edits and runs', 'touch M\u001bv'],
    ['a named command', 'touch M\u001bxedit-and-execute-command\r'],
    ['Ctrl-C in the middle of the question', 'touch M\r\u0003\u0003touch M\r\u0003'],
    ['a macro', '\u0018(touch M\r\u0018)\u0018e'],
    ['an interrupt before and behind everything', '\u0003\u001c\u001atouch M\r\u001a\u001c\u0003'],
    ['answers that are guessed', 'touch M\rallow\r00000000-0000-0000-0000-000000000000 allow\r'],
    ['a paste that does not end', '\u001b[200~touch M\r'],
    ['bytes that are no text', 'touch M \u0016\u0001\r'],
  ];

  // All in one shell, as long as it lives, so that what one changes is there for the next.
  let shared: Terminal | null = null;
  let rounds = 0;
  afterAll(() => shared?.close());

  async function attack(typed: string): Promise<void> {
    const shell = (shared ??= await start());
    void shell.ended.then(() => (shared = null));
    shell.type(typed.replaceAll('M', marker));
    // Whatever that did, what is typed now is decided on too, or the shell is over.
    rounds++;
    shell.type(`\u001b[201~\u0003\u0003\rtouch ${marker}\r\u0003\recho still-$((40000 + ${rounds}))\r`);
    const alive = `\nstill-${40_000 + rounds}`;
    // A shell that neither goes on nor ends runs nothing either; the next attempt gets another.
    await eventually('it goes on, or is over', () => shared === null || shell.screen.includes(alive), {
      timeoutMs: 1500,
    }).catch(() => {
      shell.close();
      shared = null;
    });
    expect(existsSync(marker)).toBe(false);
  }

  it.each(attempts)('runs nothing undecided: %s', (attempt) => attack(`${attempt}\r`));
  it.each(keys)('runs nothing undecided by keys: %s', (_what, typed) => attack(typed));
});

describe('a program that prints what the guard says', () => {
  const MARK = '\\e]7733;sallyport;';

  it.each([
    ['without the nonce', `${MARK}0;ask;00000000-0000-0000-0000-000000000000;touch M\\a`],
    ['as if it began', `${MARK}hello\\a`],
    ['as if it were ready', `${MARK}0;ready;0\\a`],
    ['without an end, in pieces', MARK],
  ])('gets nothing allowed: %s', async (_what, printed) => {
    const terminal = await start();
    terminal.type(`printf '${printed}'; read -r -t 0.3 answer; echo "[$answer]"\r`);
    await terminal.shows(/\[\]\r\n/);
    expect(existsSync(marker)).toBe(false);
    expect(lines()).toHaveLength(1);
    terminal.type(`\u0007\r\recho still-$((40 + 2))\r`);
    await terminal.shows('\nstill-42');
    terminal.close();
  });
});
