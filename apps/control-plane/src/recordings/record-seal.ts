import { SealState, type Seal, type SealBody } from '@sallyport/contracts/event';
import { AccessError } from '@sallyport/errors';
import { nodeCrypto, readSeal } from '@sallyport/recording-format';
import type { Database } from '../database/database.ts';
import { SESSION_STATES } from '../sessions/session-record.ts';

/**
 * Notes that a recording ended. The seal must be signed by a recorder that we certified, not
 * by the one that reports it: that may report what another one sealed just before it was lost. One as broken gives way to a later one, made when more arrived;
 * any other stays. A whole recording is that of a session that its proxy closed, whether
 * or not the proxy could say so.
 */
export async function recordSeal(
  { prisma }: Database,
  seal: Seal | undefined,
  sizeBytes: bigint,
  recordingPublicKey: Uint8Array,
  now: Date,
): Promise<void> {
  const { sessionId, state, lastSequence } = await bodyOf(seal, recordingPublicKey);
  const whole = state === SealState.WHOLE;
  const { open, closed, lost } = SESSION_STATES;
  // What was open is over. What was called lost was not, if it is whole.
  const ends = whole ? [open, lost] : [open];
  await prisma.$executeRaw`
    UPDATE session SET
      seal_state = ${state}, last_sequence = ${lastSequence}, size_bytes = ${sizeBytes}, sealed_at = ${now},
      state = CASE WHEN state = ANY(${ends}) THEN ${whole ? closed : lost} ELSE state END,
      closed_at = CASE WHEN state = ${open} THEN ${now} ELSE closed_at END,
      close_reason = CASE WHEN state = ${open} AND ${!whole} THEN 'proxy_lost' ELSE close_reason END
    WHERE id = ${sessionId} AND (
      seal_state = ${SealState.UNSPECIFIED} OR (seal_state = ${SealState.BROKEN} AND last_sequence < ${lastSequence})
    )`;
}

async function bodyOf(seal: Seal | undefined, recordingPublicKey: Uint8Array): Promise<SealBody> {
  const read = seal === undefined ? undefined : await readSeal(seal, recordingPublicKey, nodeCrypto);
  if (read === undefined || typeof read === 'string') throw notASeal();
  const { body } = read;
  if (body.state !== SealState.WHOLE && body.state !== SealState.BROKEN) throw notASeal();
  return body;
}

function notASeal(): AccessError {
  return new AccessError('protocol_violation', 'This is not the seal of a recorder that was certified here.');
}
