import { toBinary } from '@bufbuild/protobuf';
import { createHash } from 'node:crypto';
import { encodeCommandComplete, encodeDataRow, encodeRowDescription } from '@sallyport/codec-postgres';
import { Outcome } from '@sallyport/contracts/access';
import { HoldOutcome, SealSchema, SealState, StatementOutcome } from '@sallyport/contracts/event';
import {
  certifyRecorder,
  certifySession,
  encodeFileHeader,
  encodeFrameHeader,
  EventChain,
  generateSigningKey,
  sealRecording,
  type EventBody,
} from '@sallyport/recording-format';

export interface TestRecording {
  readonly bytes: Buffer;
  readonly publicKey: Uint8Array;
  readonly sessionId: string;
  /** Where each frame of the file begins: the events in order, then the seal. */
  readonly frameOffsets: readonly number[];
}

/** Rows of text as a PostgreSQL server sends them. */
export function resultFrames(
  columns: readonly string[],
  rows: readonly (readonly (string | null)[])[],
): Buffer {
  const fields = columns.map((name) => ({
    name,
    tableOid: 0,
    attributeNumber: 0,
    typeOid: 25,
    typeSize: -1,
    typeModifier: -1,
    format: 'text' as const,
  }));
  return Buffer.concat([
    encodeRowDescription(fields),
    ...rows.map((row) => encodeDataRow(row.map((value) => (value === null ? null : Buffer.from(value))))),
    encodeCommandComplete(`SELECT ${rows.length}`),
  ]);
}

/** A session of a select, a denied drop and an approved delete, recorded and sealed as the real parts do it. */
export function testRecording(
  more: readonly EventBody[] = [],
  session: readonly EventBody[] = SESSION,
): TestRecording {
  const sessionId = 'ses_01hzy';
  const recordingKey = generateSigningKey();
  const recorderKey = generateSigningKey();
  const signer = generateSigningKey();
  let us = Date.UTC(2026, 10, 23, 12) * 1000;
  const chain = new EventChain({ sessionId, signer, clock: () => (us += 250_000) });
  const certificate = certifySession(recordingKey, {
    sessionId,
    sessionPublicKey: signer.publicKey,
    principalId: 'prn_agent',
    targetName: 'shop',
    proxyId: 'proxy-0',
    openedUnixUs: BigInt(us),
  });
  const events: Buffer[] = [];
  const push = (event: { readonly parts: readonly Uint8Array[] }): void =>
    void events.push(Buffer.concat(event.parts));
  push(
    chain.append({
      case: 'sessionOpened',
      value: {
        principal: {
          id: 'prn_agent',
          name: 'shop-agent',
          kind: 3,
          delegationChain: [{ id: 'prn_ada', name: 'ada' }],
        },
        target: { name: 'shop', protocol: 'postgres' },
        proxyId: 'proxy-0',
        clientAddress: '127.0.0.1:5000',
        clientName: 'psql',
        certificate,
      },
    }),
  );
  for (const body of [...session, ...more]) push(chain.append(body));
  push(chain.checkpoint());
  push(chain.close('client_closed'));
  const last = events.at(-1) ?? Buffer.alloc(0);
  const seal = sealRecording(
    recorderKey,
    certifyRecorder(recordingKey, { recorderId: 'recorder-0', publicKey: recorderKey.publicKey }),
    {
      sessionId,
      state: SealState.WHOLE,
      lastSequence: BigInt(events.length),
      lastHash: createHash('sha256').update(last).digest(),
      sealedUnixUs: BigInt(us),
    },
  );
  const frames = [
    ...events.map((event) => Buffer.concat([encodeFrameHeader('event', event), event])),
    sealFrame(toBinary(SealSchema, seal)),
  ];
  let offset = encodeFileHeader().length;
  const frameOffsets = frames.map((frame) => (offset += frame.length) - frame.length);
  return {
    bytes: Buffer.concat([encodeFileHeader(), ...frames]),
    publicKey: recordingKey.publicKey,
    sessionId,
    frameOffsets,
  };
}

function sealFrame(payload: Uint8Array): Buffer {
  return Buffer.concat([encodeFrameHeader('seal', payload), payload]);
}

const SESSION: readonly EventBody[] = [
  {
    case: 'statementDecided',
    value: {
      statement: { id: 'st_1', kind: 'sql.simple', text: 'SELECT email, note\nFROM customers' },
      decision: {
        outcome: Outcome.ALLOW,
        rules: [{ policy: 'agents', rule: 'reads', outcome: Outcome.ALLOW }],
      },
    },
  },
  {
    case: 'output',
    value: {
      statementId: 'st_1',
      format: 'postgres.backend',
      data: resultFrames(
        ['email', 'note'],
        [
          ['a***@e***.com', null],
          ['b***@e***.com', '\u001b]0;pwned\u0007\u001b[2Jred\u202egnp.exe'],
        ],
      ),
    },
  },
  {
    case: 'statementFinished',
    value: {
      statementId: 'st_1',
      outcome: StatementOutcome.COMPLETED,
      status: 'SELECT 2',
      rows: 2n,
      bytes: 100n,
      durationUs: 1800n,
      masks: [{ what: 'public.customers.email', strategy: 'partial', values: 2n }],
    },
  },
  {
    case: 'statementDecided',
    value: {
      statement: { id: 'st_2', kind: 'sql.simple', text: 'DROP TABLE orders' },
      decision: {
        outcome: Outcome.DENY,
        code: 'no_rule_covers',
        message: 'No rule covers sql.ddl.drop on public.orders.',
        uncovered: [{ action: 'sql.ddl.drop', object: 'public.orders' }],
      },
    },
  },
  {
    case: 'statementFinished',
    value: { statementId: 'st_2', outcome: StatementOutcome.REFUSED, status: '42501' },
  },
  {
    case: 'statementDecided',
    value: {
      statement: {
        id: 'st_3',
        kind: 'sql.execute',
        text: 'DELETE FROM orders WHERE id = $1',
        parameters: [{ name: '1', type: 'int4', value: { case: 'text', value: '7' } }],
      },
      decision: {
        outcome: Outcome.HOLD,
        rules: [{ policy: 'agents', rule: 'changes', outcome: Outcome.HOLD }],
      },
    },
  },
  { case: 'holdCreated', value: { statementId: 'st_3', holdId: 'hld_9', expiresUnixUs: 0n } },
  {
    case: 'holdSettled',
    value: {
      statementId: 'st_3',
      holdId: 'hld_9',
      outcome: HoldOutcome.APPROVED,
      reviewers: [{ principalId: 'prn_dan', name: 'dan', approved: true, comment: 'fine' }],
    },
  },
  {
    case: 'output',
    value: { statementId: 'st_3', format: 'postgres.backend', data: encodeCommandComplete('DELETE 1') },
  },
  {
    case: 'statementFinished',
    value: {
      statementId: 'st_3',
      outcome: StatementOutcome.COMPLETED,
      status: 'DELETE 1',
      rows: 1n,
      durationUs: 900n,
    },
  },
];
