import { create, toBinary } from '@bufbuild/protobuf';
import { OutputSchema, SealSchema, SealState, type Seal } from '@sallyport/contracts/event';
import { createHash } from 'node:crypto';
import { encodeFileHeader, encodeFrameHeader, type FrameKind } from '../container.ts';
import { BODY_FIELD } from '../event-envelope.ts';
import { certifyRecorder, certifySession, sealRecording } from '../node/certify.ts';
import { EventChain } from '../node/event-chain.ts';
import { generateSigningKey, type SigningKey } from '../node/signing-key.ts';

/** One recorded session, in pieces that a spec can take apart and put together otherwise. */
export interface RecordingFixture {
  readonly sessionId: string;
  readonly recordingKey: SigningKey;
  readonly recorderKey: SigningKey;
  readonly events: readonly Buffer[];
  readonly seal: Seal;
}

export interface FixtureOptions {
  readonly sessionId?: string;
  readonly recordingKey?: SigningKey;
  readonly recorderKey?: SigningKey;
  /** Statements, of four events each, and a checkpoint after each; default 3. */
  readonly statements?: number;
  /** Leaves the close out and seals as broken. */
  readonly lost?: boolean;
  /** Microseconds that the proxy's clock moves before each event; default 1000. */
  readonly tickUs?: number;
}

/** A session of some statements, recorded and sealed as the real parts do it. The clock is made up. */
export function recordingFixture(options: FixtureOptions = {}): RecordingFixture {
  const {
    sessionId = 'ses_fixture',
    recordingKey = generateSigningKey(),
    recorderKey = generateSigningKey(),
  } = options;
  const signer = generateSigningKey();
  let us = 1_700_000_000_000_000;
  const chain = new EventChain({ sessionId, signer, clock: () => (us += options.tickUs ?? 1000) });
  const events: Buffer[] = [];
  const push = (event: { readonly parts: readonly Uint8Array[] }): void =>
    void events.push(Buffer.concat(event.parts));
  const certificate = certifySession(recordingKey, {
    sessionId,
    sessionPublicKey: signer.publicKey,
    principalId: 'p-1',
    targetName: 'shop',
    proxyId: 'proxy-0',
    openedUnixUs: BigInt(us),
  });
  const opened = {
    principal: { id: 'p-1', name: 'agent' },
    target: { name: 'shop' },
    proxyId: 'proxy-0',
    certificate,
  };
  push(chain.append({ case: 'sessionOpened', value: opened }));
  for (let index = 1; index <= (options.statements ?? 3); index += 1) {
    for (const event of statementEvents(chain, `st_${index}`)) push(event);
    push(chain.checkpoint());
  }
  if (options.lost !== true) push(chain.close('client_closed'));
  const state = options.lost === true ? SealState.BROKEN : SealState.WHOLE;
  return {
    sessionId,
    recordingKey,
    recorderKey,
    events,
    seal: sealOf(recordingKey, recorderKey, sessionId, state, events),
  };
}

/** A seal over exactly `events`. */
export function sealOf(
  recordingKey: SigningKey,
  recorderKey: SigningKey,
  sessionId: string,
  state: SealState,
  events: readonly Uint8Array[],
): Seal {
  const certificate = certifyRecorder(recordingKey, {
    recorderId: 'recorder-0',
    publicKey: recorderKey.publicKey,
  });
  const last = events.at(-1);
  return sealRecording(recorderKey, certificate, {
    sessionId,
    state,
    lastSequence: BigInt(events.length),
    lastHash: last === undefined ? new Uint8Array() : createHash('sha256').update(last).digest(),
    sealedUnixUs: 1_700_000_001_000_000n,
  });
}

/** A whole frame. */
export function frame(kind: FrameKind, payload: Uint8Array): Buffer {
  return Buffer.concat([encodeFrameHeader(kind, payload), payload]);
}

/** A recording's file made of these events and this seal. */
export function fileOf(events: readonly Uint8Array[], seal?: Seal): Buffer {
  const frames = events.map((event) => frame('event', event));
  if (seal !== undefined) frames.push(frame('seal', toBinary(SealSchema, seal)));
  return Buffer.concat([encodeFileHeader(), ...frames]);
}

function* statementEvents(chain: EventChain, id: string) {
  const statement = { id, kind: 'sql.simple', text: `select ${id}` };
  yield chain.append({ case: 'statementDecided', value: { statement, decision: { outcome: 1 } } });
  const output = create(OutputSchema, {
    statementId: id,
    format: 'postgres.backend',
    data: Buffer.from('T...D...C'),
  });
  yield chain.appendEncoded(BODY_FIELD.output, toBinary(OutputSchema, output));
  yield chain.append({
    case: 'statementFinished',
    value: { statementId: id, outcome: 1, status: 'SELECT 1', rows: 1n },
  });
}
