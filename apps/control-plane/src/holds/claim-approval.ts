import { HoldStatus, type ClaimApprovalRequest } from '@sallyport/contracts/dataplane';
import { AccessError } from '@sallyport/errors';
import { countChange, readRevisions, type ChangeRevisions } from '../changes/change-topics.ts';
import type { Queries } from '../database/database.ts';
import { requireLiveSession, type LiveSession } from '../sessions/live-session.ts';
import type { HoldOptions } from './create-hold.ts';

const ATTEMPTS = 5;

/**
 * Uses an approval up for one statement of an open session: one UPDATE that matches only
 * an approval of this principal, target, digest and policy revision, not yet used nor
 * over. While it runs, neither policies nor access can change. Throws if there is none.
 */
export async function claimApproval(
  options: HoldOptions,
  proxyId: string,
  request: ClaimApprovalRequest,
): Promise<void> {
  const { database, resources } = options;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const before = await readRevisions(database.prisma);
    const now = options.now();
    const live = await requireLiveSession(database, resources, proxyId, request.sessionId, now);
    if (request.policyRevision !== live.view.revision) throw notValid();
    const outcome = await database.prisma.$transaction((queries) =>
      claim(queries, { request, live, before, now }),
    );
    if (outcome === 'claimed') return;
    if (outcome === 'not-valid') throw notValid();
  }
  throw new AccessError('control_plane_unavailable', 'Policies change too fast to use an approval.');
}

interface Claim {
  readonly request: ClaimApprovalRequest;
  readonly live: LiveSession;
  readonly before: ChangeRevisions;
  readonly now: Date;
}

async function claim(
  queries: Queries,
  { request, live, before, now }: Claim,
): Promise<'claimed' | 'not-valid' | 'moved'> {
  // Keeps whoever changes policies, locks or tokens from committing until this has.
  const rows = await queries.$queryRaw<{ topic: string; revision: bigint }[]>`
    SELECT topic, revision FROM change_counter WHERE topic IN ('access', 'resources') ORDER BY topic FOR SHARE`;
  const at = (topic: string) => rows.find((row) => row.topic === topic)?.revision ?? 0n;
  if (at('access') !== before.access || at('resources') !== before.resources) return 'moved';
  const { session, view } = live;
  const { count } = await queries.hold.updateMany({
    where: {
      id: request.holdId,
      principalId: session.principal.id,
      targetName: session.target.name,
      digest: new Uint8Array(request.digest),
      policyRevision: view.revision,
      status: HoldStatus.APPROVED,
      expiresAt: { gt: now },
    },
    data: { status: HoldStatus.USED, usedBySessionId: session.id },
  });
  if (count !== 1) return 'not-valid';
  await countChange(queries, 'holds');
  return 'claimed';
}

function notValid(): AccessError {
  return new AccessError(
    'approval_not_valid',
    'The approval does not cover this statement, was used, or is over.',
  );
}
