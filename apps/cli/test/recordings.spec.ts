import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Code, ConnectError } from '@connectrpc/connect';
import { buildErrorResponse } from '@sallyport/codec-postgres';
import { Outcome } from '@sallyport/contracts/access';
import { StatementOutcome } from '@sallyport/contracts/event';
import { temporaryDirectory, type TemporaryDirectory } from '@sallyport/testing';
import { run } from '../src/run.ts';
import { capturedWorld, type WorldOptions } from './support/captured-world.ts';
import { startFakeControlPlane, type Script } from './support/fake-control-plane.ts';
import { testRecording, type TestRecording } from './support/recording.ts';

/** Runs with a control plane that has one recording, handed out in small pieces. */
async function sallyport(words: readonly string[], recording: TestRecording, options: WorldOptions = {}) {
  const script: Script = {
    sessions: {
      getRecordingKey: () => ({ publicKey: recording.publicKey }),
      readRecording: async function* ({ sessionId }) {
        if (sessionId !== recording.sessionId)
          throw new ConnectError('There is no such session.', Code.NotFound);
        for (let at = 0; at < recording.bytes.length; at += 100)
          yield { data: recording.bytes.subarray(at, at + 100) };
      },
    },
  };
  await using server = await startFakeControlPlane(script);
  const world = capturedWorld({
    ...options,
    env: { SALLYPORT_URL: server.url, SALLYPORT_TOKEN: 'spt_secret', ...options.env },
  });
  const exit = await run(words, world);
  return { exit, out: world.out(), err: world.err(), world, requests: server.requests };
}

function saved(
  directory: TemporaryDirectory,
  bytes: Uint8Array,
  recording: TestRecording,
): readonly [file: string, key: string] {
  const file = directory.join('ses.recording');
  writeFileSync(file, bytes);
  return [file, Buffer.from(recording.publicKey).toString('base64')];
}

describe('verify', () => {
  const recording = testRecording();

  it('says that a session is whole', async () => {
    const { exit, out } = await sallyport(['verify', recording.sessionId], recording);
    expect(out).toMatch(/^WHOLE: /);
    expect(out).toContain('target   shop');
    expect(exit).toBe(0);
  });

  it('verifies a file offline with a key that was kept', async () => {
    using directory = temporaryDirectory();
    const [file, key] = saved(directory, recording.bytes, recording);
    writeFileSync(directory.join('key'), `${key}\n`);
    const { exit, requests } = await sallyport(['verify', file, '--key', directory.join('key')], recording, {
      env: { SALLYPORT_TOKEN: '' },
    });
    expect([exit, requests]).toEqual([0, []]);
  });

  it.each(['hex', 'base64'] as const)('takes the key as %s', async (encoding) => {
    using directory = temporaryDirectory();
    const [file] = saved(directory, recording.bytes, recording);
    const { exit } = await sallyport(
      ['verify', file, '--key', Buffer.from(recording.publicKey).toString(encoding)],
      recording,
    );
    expect(exit).toBe(0);
  });

  const { bytes, frameOffsets } = recording;
  const flipped = Buffer.from(bytes);
  flipped.writeUInt8(flipped.readUInt8((frameOffsets[2] ?? 0) + 40) ^ 1, (frameOffsets[2] ?? 0) + 40);
  const without = Buffer.concat([bytes.subarray(0, frameOffsets[4]), bytes.subarray(frameOffsets[5])]);
  it.each([
    ['one flipped bit', flipped, 'frame_damaged'],
    ['one event less', without, 'event_missing'],
    ['no tail', bytes.subarray(0, frameOffsets.at(-3)), 'seal_missing'],
    ['a cut in the middle of an event', bytes.subarray(0, (frameOffsets[3] ?? 0) + 9), 'file_cut_off'],
  ])('finds %s, and ends with 1', async (_, damaged, problem) => {
    using directory = temporaryDirectory();
    const [file, key] = saved(directory, damaged, recording);
    const { exit, out } = await sallyport(['verify', file, '--key', key], recording);
    expect(exit).toBe(1);
    expect(out).toMatch(/^NOT VALID: /);
    expect(out).toContain(problem);
    const json = await sallyport(['verify', file, '--key', key, '--json'], recording);
    const report = JSON.parse(json.out) as { verdict: string; problems: { code: string }[] };
    expect(report.verdict).toBe('invalid');
    expect(report.problems.map(({ code }) => code)).toContain(problem);
  });

  it('trusts no other key', async () => {
    using directory = temporaryDirectory();
    const [file] = saved(directory, recording.bytes, recording);
    const other = Buffer.from(testRecording().publicKey).toString('hex');
    const { exit, out } = await sallyport(['verify', file, '--key', other], recording);
    expect(exit).toBe(1);
    expect(out).toContain('not_trusted');
  });

  it('takes nothing for a key that is none', async () => {
    const { exit, err } = await sallyport(['verify', recording.sessionId, '--key', 'hunter2'], recording);
    expect(exit).toBe(2);
    expect(err).toContain('is neither a file nor a key');
  });

  it('does not take a file that is not there for a session', async () => {
    const { exit, err } = await sallyport(['verify', './gone.recording'], recording);
    expect([exit, err]).toEqual([6, 'sallyport: There is no file ./gone.recording.\n']);
  });

  it('does not take the recording of one session for another', async () => {
    const swapped = { ...recording, sessionId: 'ses_other' };
    const { exit, out } = await sallyport(['verify', 'ses_other'], swapped);
    expect(exit).toBe(1);
    expect(out).toContain('event_of_other_session');
  });
});

describe('sessions replay', () => {
  const recording = testRecording();

  it('shows statements, decisions, holds, results and masks', async () => {
    const { exit, out } = await sallyport(['sessions', 'replay', recording.sessionId], recording);
    expect(exit).toBe(0);
    expect(out).toContain('shop-agent (agent, for ada) on shop, 2026-11-23 12:00:00Z');
    expect(out).toContain('ALLOW  agents/reads');
    expect(out).toContain('    SELECT email, note\n    FROM customers\n');
    expect(out).toMatch(/email +│ note\n/);
    expect(out).toMatch(/a\*\*\*@e\*\*\*\.com │ NULL\n/);
    expect(out).toContain('(2 rows)');
    expect(out).toContain('masked public.customers.email partial ×2');
    expect(out).toContain('DENY  nothing covers sql.ddl.drop public.orders');
    expect(out).toContain('No rule covers sql.ddl.drop on public.orders.');
    expect(out).toContain("$1::int4 = '7'");
    expect(out).toContain('hold hld_9: approved after 250 ms: dan approved ("fine")');
    expect(out).toContain('completed · DELETE 1 · 1 row · 900 µs');
    expect(out).toMatch(/closed: client_closed\n$/);
  });

  it('lets nothing that was recorded act on the terminal, in any format', async () => {
    for (const format of ['table', 'json', 'yaml']) {
      const { out } = await sallyport(
        ['sessions', 'replay', recording.sessionId, '-o', format, '--no-color'],
        recording,
        { tty: true },
      );
      expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
      expect(out).toContain('pwned');
    }
  });

  it('replays a file that was downloaded', async () => {
    using directory = temporaryDirectory();
    const file = directory.join('ses.recording');
    const download = await sallyport(['sessions', 'download', recording.sessionId, file], recording);
    expect(download.exit).toBe(0);
    expect(readFileSync(file)).toEqual(recording.bytes);
    const { out, requests } = await sallyport(['sessions', 'replay', file], recording);
    expect([out.includes('DROP TABLE orders'), requests]).toEqual([true, []]);
  });

  it('downloads over no file, and leaves none behind when it fails', async () => {
    using directory = temporaryDirectory();
    writeFileSync(directory.join('mine'), 'mine');
    const over = await sallyport(
      ['sessions', 'download', recording.sessionId, directory.join('mine')],
      recording,
    );
    expect([over.exit, readFileSync(directory.join('mine'), 'utf8')]).toEqual([2, 'mine']);
    const gone = await sallyport(['sessions', 'download', 'ses_gone', directory.join('new')], recording);
    expect([gone.exit, existsSync(directory.join('new'))]).toEqual([6, false]);
  });

  it('gives a script one object a line', async () => {
    const { out } = await sallyport(['sessions', 'replay', recording.sessionId, '--json'], recording);
    const items = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(items.map(({ type }) => type)).toEqual([
      'opened',
      'statement',
      'statement',
      'statement',
      'closed',
    ]);
    expect(items[1]).toMatchObject({
      statement: { text: 'SELECT email, note\nFROM customers' },
      decision: { outcome: 'OUTCOME_ALLOW' },
      answer: [
        { kind: 'rows', columns: ['email', 'note'], rows: [['a***@e***.com', null], expect.anything()] },
        { kind: 'done', status: 'SELECT 2' },
      ],
      finished: { outcome: 'completed', rows: '2' },
    });
    expect(items[3].holds).toMatchObject([
      { holdId: 'hld_9', outcome: 'approved', reviewers: [{ name: 'dan', comment: 'fine' }] },
    ]);
  });

  it('says a refusal once, though the caller was told it in three fields', async () => {
    const message = 'sql.read on payroll is denied by rule "payroll".';
    const refused = testRecording([
      {
        case: 'statementDecided',
        value: {
          statement: { id: 'st_4', kind: 'sql.simple', text: 'SELECT * FROM payroll' },
          decision: { outcome: Outcome.DENY, message, rules: [{ policy: 'agents', rule: 'payroll' }] },
        },
      },
      {
        case: 'output',
        value: {
          statementId: 'st_4',
          format: 'postgres.backend',
          data: buildErrorResponse('ERROR', '42501', `sallyport: ${message}`, {
            detail: JSON.stringify({ message }),
          }),
        },
      },
      {
        case: 'statementFinished',
        value: { statementId: 'st_4', outcome: StatementOutcome.REFUSED, status: 'denied_by_rule' },
      },
    ]);
    const { out } = await sallyport(['sessions', 'replay', refused.sessionId], refused);
    expect(out).toContain('DENY  agents/payroll');
    expect(out.split('is denied by rule').length - 1).toBe(1);
    expect(out).toContain('refused · denied_by_rule');
  });

  it('shows as many rows as asked for, and says how many more there are', async () => {
    const { out } = await sallyport(['sessions', 'replay', recording.sessionId, '--rows', '1'], recording);
    expect(out).toContain('(2 rows, 1 not shown)');
  });

  it('plays it back at the speed asked for', async () => {
    const { world } = await sallyport(['sessions', 'replay', recording.sessionId, '--speed', '2'], recording);
    expect(world.sleeps.length).toBeGreaterThan(2);
    expect(world.sleeps[0]).toBe(125);
  });

  it.each(['0', '-1', 'fast'])('refuses the speed %j', async (speed) => {
    expect(
      (await sallyport(['sessions', 'replay', recording.sessionId, '--speed', speed], recording)).exit,
    ).toBe(2);
  });

  it('shows what comes before damage, and ends with 1', async () => {
    using directory = temporaryDirectory();
    const damaged = Buffer.from(recording.bytes);
    const at = (recording.frameOffsets[5] ?? 0) + 30;
    damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at);
    const [file] = saved(directory, damaged, recording);
    const { exit, out, err } = await sallyport(['sessions', 'replay', file], recording);
    expect([exit, out.includes('SELECT email')]).toEqual([1, true]);
    expect(err).toContain('is damaged at byte');
  });

  it('says that a recording without a seal may not be complete', async () => {
    using directory = temporaryDirectory();
    const [file] = saved(directory, recording.bytes.subarray(0, recording.frameOffsets.at(-2)), recording);
    const { exit, err } = await sallyport(['sessions', 'replay', file], recording);
    expect([exit, err]).toEqual([
      0,
      'There is no seal: the session is still open, or the recording is not complete.\n',
    ]);
  });
});

describe('sessions key', () => {
  it('prints the key alone, for a file', async () => {
    const recording = testRecording();
    const { out, err } = await sallyport(['sessions', 'key'], recording);
    expect(out).toBe(`${Buffer.from(recording.publicKey).toString('base64')}\n`);
    expect(err).toContain('Compare it');
  });
});
