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
  const body = await bodyOf(seal, recordingPublicKey);
  const { sessionId, state, lastSequence } = body;
  await prisma.$transaction(async (queries) => {
    const { count } = await queries.session.updateMany({
      where: {
        id: sessionId,
        OR: [
          { sealState: SealState.UNSPECIFIED },
          { sealState: SealState.BROKEN, lastSequence: { lt: lastSequence } },
        ],
      },
      data: { sealState: state, lastSequence, sizeBytes, sealedAt: now },
    });
    if (count === 0) return;
    const ended =
      state === SealState.WHOLE
        ? { state: SESSION_STATES.closed }
        : { state: SESSION_STATES.lost, closeReason: 'proxy_lost' };
    await queries.session.updateMany({
      where: { id: sessionId, state: SESSION_STATES.open },
      data: { ...ended, closedAt: now },
    });
    if (state === SealState.WHOLE)
      await queries.session.updateMany({
        where: { id: sessionId, state: SESSION_STATES.lost },
        data: { state: SESSION_STATES.closed },
      });
  });
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
