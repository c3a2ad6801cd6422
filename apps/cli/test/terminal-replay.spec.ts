import { describe, expect, it } from '@jest/globals';
import { Outcome } from '@sallyport/contracts/access';
import { DataEncoding, StatementOutcome } from '@sallyport/contracts/event';
import { packData, type EventBody } from '@sallyport/recording-format';
import { temporaryDirectory } from '@sallyport/testing';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { run } from '../src/run.ts';
import { capturedWorld } from './support/captured-world.ts';
import { testRecording } from './support/recording.ts';

const bytes = (text: string) => Buffer.from(text);

function statement(id: string, kind: string, text: string, fields = {}): EventBody {
  const decision = { outcome: Outcome.ALLOW };
  return { case: 'statementDecided', value: { statement: { id, kind, text, fields }, decision } };
}

function output(statementId: string, format: string, data: Uint8Array, channel = 'stdout'): EventBody {
  return { case: 'output', value: { statementId, format, channel, data } };
}

function finished(statementId: string, status: string): EventBody {
  return { case: 'statementFinished', value: { statementId, outcome: StatementOutcome.COMPLETED, status } };
}

const LONG = 'line of a long text\r\n'.repeat(600);
const SHELL: readonly EventBody[] = [
  statement('st_1', 'ssh.shell', '', { tty: true, term: 'xterm-kitty', columns: 100, rows: 30 }),
  output('st_1', 'terminal', bytes('ann@web:~$ ')),
  { case: 'input', value: { statementId: 'st_1', format: 'terminal', data: bytes('hunter2\r') } },
  { case: 'input', value: { statementId: 'st_1', format: 'terminal.resize', data: bytes('120x40') } },
  output('st_1', 'terminal', bytes('gr\u00fc\u00dfe \u001b[1mhere\u001b[0m\r\n').subarray(0, 3)),
  output('st_1', 'terminal', bytes('gr\u00fc\u00dfe \u001b[1mhere\u001b[0m\r\n').subarray(3)),
  output('st_1', 'terminal', bytes('\u001b]52;c;cm0gLXJmIC8K\u0007\u001b[6n\u0007\u009b5n\u001b[?1000hx')),
  {
    case: 'output',
    value: {
      statementId: 'st_1',
      format: 'terminal',
      data: packData(bytes(LONG)),
      encoding: DataEncoding.ZSTD,
      decodedBytes: LONG.length,
    },
  },
  finished('st_1', 'exit 0'),
];
const COMMANDS: readonly EventBody[] = [
  statement('st_1', 'ssh.exec', 'make'),
  output('st_1', 'bytes', bytes('built\n')),
  output('st_1', 'bytes', bytes('oh no\n'), 'stderr'),
  finished('st_1', 'exit 2'),
  statement('st_2', 'ssh.sftp', 'read /srv/report.csv'),
  output('st_2', 'bytes', bytes('a,b\n1,2\n')),
  finished('st_2', 'sha256:00ff'),
  {
    case: 'statementDecided',
    value: {
      statement: { id: 'st_3', kind: 'ssh.exec', text: 'rm -rf \u001b]0;x\u0007' },
      decision: { outcome: Outcome.DENY, message: 'files stay where they are' },
    },
  },
  {
    case: 'statementFinished',
    value: { statementId: 'st_3', outcome: StatementOutcome.REFUSED, status: 'denied_by_rule' },
  },
];

async function sallyport(session: readonly EventBody[], ...words: string[]) {
  using directory = temporaryDirectory();
  const file = directory.join('ses.recording');
  writeFileSync(file, testRecording([], session).bytes);
  const world = capturedWorld({});
  const exit = await run(
    words.map((word) => (word === 'FILE' ? file : word === 'CAST' ? directory.join('cast') : word)),
    world,
  );
  const cast = words.includes('CAST') ? readFileSync(directory.join('cast'), 'utf8') : '';
  const mode = words.includes('CAST') ? statSync(directory.join('cast')).mode & 0o777 : 0;
  return { exit, out: world.out(), err: world.err(), sleeps: world.sleeps, cast, mode };
}

/** The header and the events of an asciicast. */
function parse(cast: string): { header: unknown; events: [number, string, string][] } {
  const [header = '', ...lines] = cast.trimEnd().split('\n');
  return {
    header: JSON.parse(header),
    events: lines.map((line) => JSON.parse(line) as [number, string, string]),
  };
}

describe('sessions export', () => {
  it('writes an asciicast: the terminal of the first statement, what it showed, and its sizes', async () => {
    const { exit, cast, mode, out } = await sallyport(SHELL, 'sessions', 'export', 'FILE', 'CAST');
    expect([exit, mode]).toEqual([0, 0o600]);
    expect(out).toContain('asciinema play');
    const { header, events } = parse(cast);
    expect(header).toEqual({
      version: 2,
      width: 100,
      height: 30,
      timestamp: Date.UTC(2026, 10, 23, 12) / 1000,
      title: 'shop-agent on shop',
      env: { TERM: 'xterm-kitty' },
    });
    const shown = events.filter(([, code]) => code === 'o').map(([, , data]) => data);
    expect(shown.slice(0, 3)).toEqual(['ann@web:~$ ', 'gr', '\u00fc\u00dfe \u001b[1mhere\u001b[0m\r\n']);
    expect(shown.at(-1)).toBe(LONG);
    expect(events.filter(([, code]) => code === 'r').map(([, , data]) => data)).toEqual(['100x30', '120x40']);
    const times = events.map(([time]) => time);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.slice(0, 3)).toEqual([0.25, 0.25, 0.5]);
  });

  it('leaves out what was typed, unless asked for', async () => {
    const without = await sallyport(SHELL, 'sessions', 'export', 'FILE');
    expect(without.out).not.toContain('hunter2');
    const typed = await sallyport(SHELL, 'sessions', 'export', 'FILE', '--input', '--idle-limit', '2');
    const { header, events } = parse(typed.out);
    expect(header).toMatchObject({ idle_time_limit: 2 });
    expect(events).toContainEqual([0.75, 'i', 'hunter2\r']);
  });

  it('writes commands as lines, errors in red, files as one line, and refusals', async () => {
    const { header, events } = parse((await sallyport(COMMANDS, 'sessions', 'export', 'FILE')).out);
    expect(header).toMatchObject({ width: 80, height: 24 });
    const shown = events.filter(([, code]) => code === 'o').map(([, , data]) => data);
    expect(shown).toEqual([
      '\u001b[2m$ make\u001b[0m\r\n',
      'built\r\n',
      '\u001b[31moh no\r\n\u001b[0m',
      '\u001b[2m(exit 2)\u001b[0m\r\n',
      '\u001b[2mread /srv/report.csv: completed sha256:00ff\u001b[0m\r\n',
      '\u001b[2m$ rm -rf \\x1b]0;x\\x07\u001b[0m\r\n',
      '\u001b[31msallyport: files stay where they are\u001b[0m\r\n',
    ]);
    expect(events.filter(([, code]) => code === 'm')).toHaveLength(3);
  });

  it('overwrites nothing', async () => {
    using directory = temporaryDirectory();
    const taken = directory.join('taken');
    writeFileSync(taken, 'mine');
    expect((await sallyport(SHELL, 'sessions', 'export', 'FILE', taken)).exit).not.toBe(0);
    expect(readFileSync(taken, 'utf8')).toBe('mine');
  });
});

describe('sessions replay --terminal', () => {
  it('shows what the terminal showed, and nothing that would act on this one', async () => {
    const { out, exit } = await sallyport(SHELL, 'sessions', 'replay', 'FILE', '--terminal', '--no-wait');
    expect(exit).toBe(0);
    expect(out).toContain('ann@web:~$ gr\u00fc\u00dfe \u001b[1mhere\u001b[0m\r\n5nx');
    expect(out).toContain(LONG);
    for (const dangerous of ['\u001b]', '\u001b[6n', '\u0007', '\u009b', '\u001b[?1000h', 'hunter2'])
      expect(out).not.toContain(dangerous);
  });

  it('waits as long as it took, or faster, or not at all', async () => {
    const sleepsOf = async (...options: string[]) =>
      (await sallyport(SHELL, 'sessions', 'replay', 'FILE', '--terminal', ...options)).sleeps;
    expect(await sleepsOf()).toEqual([750, 250, 250, 250]);
    expect(await sleepsOf('--speed', '5')).toEqual([150, 50, 50, 50]);
    expect(await sleepsOf('--idle-limit', '0.3')).toEqual([300, 250, 250, 250]);
    expect(await sleepsOf('--no-wait')).toEqual([]);
  });

  it('shows commands of a session without a terminal in the timeline too', async () => {
    const { out } = await sallyport(COMMANDS, 'sessions', 'replay', 'FILE');
    expect(out).toContain('built');
    expect(out).toContain('on stderr:');
    const json = (await sallyport(COMMANDS, 'sessions', 'replay', 'FILE', '--output', 'json')).out;
    expect(json).toContain('{"kind":"text","text":"oh no\\n","channel":"stderr"}');
  });
});
