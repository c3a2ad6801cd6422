import { create, toBinary } from '@bufbuild/protobuf';
import { durationMs, timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Outcome, type Decision, type HoldRequirement } from '@sallyport/contracts/access';
import { HoldSchema, type Hold } from '@sallyport/contracts/admin';
import { HoldStatus, type CreateHoldRequest, type HoldState } from '@sallyport/contracts/dataplane';
import { ACCESS_ERROR_CODES, AccessError } from '@sallyport/errors';
import { DEFAULT_HOLD_TIMEOUT_MS } from '@sallyport/policy-sdk';
import { countChange } from '../changes/change-topics.ts';
import type { Database } from '../database/database.ts';
import { newIdentifier } from '../identifier.ts';
import { decideStatement } from '../policies/decide-statement.ts';
import type { ResourceStore } from '../resources/resource-store.ts';
import { requireLiveSession, type LiveSession } from '../sessions/live-session.ts';
import { holdStateOf, WITH_REVIEWS, type HoldRow } from './hold-record.ts';

export interface HoldOptions {
  readonly database: Database;
  readonly resources: ResourceStore;
  /** Where people review, with {id} for the hold; "" if nowhere. */
  readonly reviewUrl: string;
  readonly now: () => Date;
}

const DIGEST_BYTES = 32;
/** Of one principal at a time, so that nobody buries reviewers. */
const MAX_WAITING = 100;

/**
 * Asks for approval of a statement. What the proxy says of the decision counts for
 * nothing: it is made again here, from the statement's effects and the newest policy. An
 * approval that the same principal has for exactly this, and has not used, is given back.
 */
export async function createHold(
  options: HoldOptions,
  proxyId: string,
  request: CreateHoldRequest,
): Promise<HoldState> {
  const { database, resources, reviewUrl } = options;
  const { statement, sessionId, decision: claimed, estimates } = request;
  if (statement?.digest.length !== DIGEST_BYTES)
    throw new AccessError('protocol_violation', 'A statement to hold needs a digest of 32 bytes.');
  const now = options.now();
  const live = await requireLiveSession(database, resources, proxyId, sessionId, now);
  const decision = decideStatement(live, statement, now);
  const requirement = requireHold(decision);
  if (claimed?.policyRevision !== live.view.revision) {
    throw new AccessError('policy_stale', 'The policy changed meanwhile.', {
      next: 'Send it again; it will be decided by the new policy.',
    });
  }
  const digest = new Uint8Array(statement.digest);
  const reused = await findUnusedApproval(database, live, digest, now);
  if (reused !== null) return holdStateOf(reused, reviewUrl);
  const waiting = await database.prisma.hold.count({
    where: { principalId: live.session.principal.id, status: HoldStatus.WAITING },
  });
  if (waiting >= MAX_WAITING) {
    throw new AccessError('limit_reached', 'You have too many statements waiting for approval.');
  }
  const { session } = live;
  const snapshot = create(HoldSchema, {
    sessionId,
    principal: session.principal,
    target: session.target,
    statement,
    requirement,
    rules: decision.rules,
    estimates,
    createdAt: timestampFromDate(now),
  });
  return holdStateOf(await insertHold(database, live, digest, snapshot, now), reviewUrl);
}

function insertHold(
  { prisma }: Database,
  { session, view }: LiveSession,
  digest: Uint8Array<ArrayBuffer>,
  snapshot: Hold,
  now: Date,
): Promise<HoldRow> {
  const timeout = snapshot.requirement?.timeout;
  const timeoutMs = timeout === undefined ? DEFAULT_HOLD_TIMEOUT_MS : durationMs(timeout);
  return prisma.$transaction(async (queries) => {
    const row = await queries.hold.create({
      data: {
        id: newIdentifier('hld'),
        sessionId: session.id,
        principalId: session.principal.id,
        targetName: session.target.name,
        digest,
        policyRevision: view.revision,
        status: HoldStatus.WAITING,
        snapshot: toBinary(HoldSchema, snapshot),
        createdAt: now,
        expiresAt: new Date(now.getTime() + timeoutMs),
      },
      include: WITH_REVIEWS,
    });
    await countChange(queries, 'holds');
    return row;
  });
}

function requireHold(decision: Decision): HoldRequirement {
  if (decision.outcome === Outcome.HOLD && decision.hold !== undefined) return decision.hold;
  if (decision.outcome === Outcome.ALLOW) {
    throw new AccessError('policy_stale', 'The policy changed meanwhile; this needs no approval any more.', {
      next: 'Send it again.',
    });
  }
  const code = ACCESS_ERROR_CODES.find((known) => known === decision.code) ?? 'denied_by_rule';
  const [rule] = decision.rules;
  const facts =
    rule === undefined
      ? {}
      : { policy: rule.policy, rule: rule.rule, action: rule.action, object: rule.object };
  throw new AccessError(code, decision.message, facts);
}

function findUnusedApproval(
  { prisma }: Database,
  { session, view }: LiveSession,
  digest: Uint8Array<ArrayBuffer>,
  now: Date,
) {
  return prisma.hold.findFirst({
    where: {
      principalId: session.principal.id,
      targetName: session.target.name,
      digest,
      policyRevision: view.revision,
      status: HoldStatus.APPROVED,
      expiresAt: { gt: now },
    },
    orderBy: { createdAt: 'desc' },
    include: WITH_REVIEWS,
  });
}
