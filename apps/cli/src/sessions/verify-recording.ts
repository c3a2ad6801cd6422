import type { JsonValue } from '@bufbuild/protobuf';
import { nodeCrypto, verifyRecording, type VerifyReport } from '@sallyport/recording-format';
import type { ExitName } from '../exit-code.ts';
import type { Invocation } from '../invocation.ts';
import { formatDate } from '../output/describe-time.ts';
import type { Span } from '../output/span.ts';
import { openRecording, type RecordingSource } from './recording-source.ts';
import { readTrustedKey } from './trusted-key.ts';

/** Proves that a recording is whole, or names everything that is wrong with it. */
export async function verify(invocation: Invocation): Promise<ExitName> {
  const { output } = invocation;
  const source = await openRecording(invocation, invocation.argument(0));
  const given = invocation.text('key');
  const key = given === undefined ? await keyOfControlPlane(invocation, source) : await readTrustedKey(given);
  const sessionId = source.kind === 'session' ? { sessionId: source.sessionId } : {};
  const report = await verifyRecording(source.bytes, key, { crypto: nodeCrypto, ...sessionId });
  const wholeOnly = invocation.flag('whole');
  await output.answer(
    () => reportJson(report),
    () => {
      printReport(invocation, report);
      if (given === undefined)
        output.say(
          'Checked with the key that the control plane gives now; --key checks with one that you kept.',
        );
    },
  );
  return report.verdict === 'whole' || (report.verdict === 'broken' && !wholeOnly) ? 'ok' : 'failed';
}

async function keyOfControlPlane(invocation: Invocation, source: RecordingSource): Promise<Uint8Array> {
  const api = source.kind === 'session' ? source.api : await invocation.connect();
  const { publicKey } = await api.call(api.sessions.getRecordingKey({}));
  return publicKey;
}

function reportJson(report: VerifyReport): JsonValue {
  const { verdict, session, seal, events, signedThrough, problems, problemsLeftOut, notes } = report;
  return {
    verdict,
    session: session === undefined ? null : { ...session, openedAt: isoOf(session.openedUnixUs) },
    seal: seal === undefined ? null : { ...seal, sealedAt: isoOf(seal.sealedUnixUs) },
    events,
    signedThrough,
    problems: problems.map(({ code, sequence, offset, message }) => ({
      code,
      sequence: sequence ?? null,
      offset,
      message,
    })),
    problemsLeftOut,
    notes: notes.map(({ code, sequence, message }) => ({ code, sequence: sequence ?? null, message })),
  };
}

function isoOf(unixUs: number): string {
  const date = new Date(unixUs / 1000);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

const VERDICTS: Readonly<Record<VerifyReport['verdict'], Span>> = {
  whole: { text: 'WHOLE', style: 'green' },
  broken: { text: 'BROKEN', style: 'yellow' },
  invalid: { text: 'NOT VALID', style: 'red' },
};

const MEANINGS: Readonly<Record<VerifyReport['verdict'], string>> = {
  whole: 'everything from open to close is here, unaltered and in order',
  broken: 'the proxy was lost; what arrived is here, unaltered and in order',
  invalid: 'this is not what was recorded',
};

function printReport({ output }: Invocation, report: VerifyReport): void {
  const { verdict, session, seal, events, problems, problemsLeftOut, notes } = report;
  output.line(VERDICTS[verdict], `: ${MEANINGS[verdict]}.`);
  const field = (name: string, value: string): void =>
    output.line({ text: `  ${name.padEnd(9)}`, style: 'dim' }, value);
  if (session !== undefined) {
    field('session', session.sessionId);
    field('by', session.principalId);
    field('target', session.targetName);
    field('opened', `${formatDate(new Date(session.openedUnixUs / 1000))} through ${session.proxyId}`);
  }
  field('events', `${events}, signed by the proxy up to ${report.signedThrough}`);
  if (seal !== undefined)
    field(
      'sealed',
      `${formatDate(new Date(seal.sealedUnixUs / 1000))} by ${seal.recorderId}, ${seal.lastSequence} events`,
    );
  for (const { code, sequence, offset, message } of problems) {
    const where = sequence === undefined ? `byte ${offset}` : `event ${sequence}, byte ${offset}`;
    output.line({ text: `  ${code}`, style: 'red' }, ` at ${where}: ${message}`);
  }
  if (problemsLeftOut > 0) output.line(`  and ${problemsLeftOut} more problems`);
  for (const { code, message } of notes) output.line({ text: `  ${code}`, style: 'dim' }, `: ${message}`);
}
