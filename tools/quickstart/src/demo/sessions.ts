import { eventually } from '@sallyport/testing';
import { rmSync, writeFileSync } from 'node:fs';
import type { Tour } from './tour.ts';

/** One line of `sallyport sessions replay --output json`. */
export interface TimelineItem {
  readonly type: string;
  readonly statement?: { readonly text?: string };
}

/** The session that a refusal names in its JSON. */
export function sessionIn(stderr: string): string {
  const session = /"requestId":"(ses_[0-9A-Za-z]+)-\d+"/.exec(stderr)?.[1];
  if (session === undefined) throw new Error('no refusal here names its session');
  return session;
}

/** The newest session of somebody on a target, for sessions that saw no refusal. */
export async function newestSession(tour: Tour, who: string, target: string): Promise<string> {
  const { stdout } = await tour.sallyportQuietly(
    'ada',
    'sessions',
    'list',
    '--principal',
    who,
    '--target',
    target,
    '--limit',
    '1',
    '--output',
    'json',
  );
  const session = /ses_[0-9A-Za-z]+/.exec(stdout)?.[0];
  if (session === undefined) throw new Error(`there is no session in:\n${stdout}`);
  return session;
}

/** Waits until the recorder has sealed a session's recording, and gives its bytes' file. */
export async function downloadSealed(tour: Tour, session: string): Promise<string> {
  const file = tour.state.file('tour', `${session}.recording`);
  await eventually(
    `the seal of ${session}`,
    async () => {
      rmSync(file, { force: true });
      const download = await tour.sallyportQuietly('ada', 'sessions', 'download', session, file);
      if (download.code !== 0) throw new Error(download.stderr);
      const { code, stdout, stderr } = await verifyQuietly(tour, file);
      if (code !== 0) throw new Error(stdout + stderr);
      return true;
    },
    { timeoutMs: 90_000, intervalMs: 300 },
  );
  return file;
}

export async function verifyQuietly(tour: Tour, file: string) {
  return tour.sallyportQuietly('ada', 'verify', file, '--key', await recordingKeyFile(tour));
}

/** The control plane's recording key, kept in a file as an auditor would. */
export async function recordingKeyFile(tour: Tour): Promise<string> {
  const file = tour.state.file('tour', 'recording.key');
  const { stdout, code, stderr } = await tour.sallyportQuietly('ada', 'sessions', 'key');
  if (code !== 0) throw new Error(stderr);
  writeFileSync(file, stdout);
  return file;
}

/** The timeline of a recording's file. */
export async function timelineOf(tour: Tour, file: string): Promise<readonly TimelineItem[]> {
  const { stdout, stderr, code } = await tour.sallyportQuietly(
    'ada',
    'sessions',
    'replay',
    file,
    '--rows',
    '0',
    '--output',
    'json',
  );
  if (code !== 0) throw new Error(stderr);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as TimelineItem);
}

/** The texts of all statements of a recording, in order. */
export async function statementsOf(tour: Tour, file: string): Promise<readonly string[]> {
  const timeline = await timelineOf(tour, file);
  return timeline.flatMap(({ type, statement }) =>
    type === 'statement' && statement?.text !== undefined ? [statement.text] : [],
  );
}
