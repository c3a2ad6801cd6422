import { create } from '@bufbuild/protobuf';
import { PrincipalSchema, TargetSchema } from '@sallyport/contracts/access';
import {
  OpenSessionResponseSchema,
  type OpenSessionRequest,
  type OpenSessionResponse,
  type Upstream,
} from '@sallyport/contracts/dataplane';
import type { PolicyView } from '@sallyport/contracts/policy';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { AccessError, toAccessError } from '@sallyport/errors';
import { certifySession, type SigningKey } from '@sallyport/recording-format';
import { readRevisions, type ChangeRevisions } from '../changes/change-topics.ts';
import type { Database } from '../database/database.ts';
import { toStored } from '../database/stored-message.ts';
import { newIdentifier } from '../identifier.ts';
import { lockMatches, readLocks } from '../locks/lock-store.ts';
import { viewOf } from '../policies/session-view.ts';
import type { ResourceStore } from '../resources/resource-store.ts';
import type { Vault } from '../secrets/vault.ts';
import { issueUpstreamCertificate } from '../ssh/issue-upstream-certificate.ts';
import { resolveLogin, type TargetDefinition } from '../targets/target.ts';
import { upstreamOf } from '../targets/upstream.ts';
import type { TokenRecord } from '../tokens/token-store.ts';
import { authenticateCaller, type AuthenticationContext } from './authenticate-caller.ts';
import { SESSION_STATES } from './session-record.ts';

export interface OpenSessionContext extends AuthenticationContext {
  readonly resources: ResourceStore;
  readonly vault: Vault;
  readonly recordingKey: SigningKey;
  readonly now: () => Date;
}

const PUBLIC_KEY_BYTES = 32;

/**
 * Authenticates the caller, authorises the target, registers the session and gives the
 * proxy what it needs for it. The answers to an absent target, a closed one and one of
 * another protocol are the same, after the same work.
 */
export async function openSession(
  context: OpenSessionContext,
  proxyId: string,
  request: OpenSessionRequest,
): Promise<OpenSessionResponse> {
  if (request.sessionPublicKey.length !== PUBLIC_KEY_BYTES)
    throw new AccessError('protocol_violation', 'The session key must have 32 bytes.');
  const openedAt = context.now();
  const id = newIdentifier('ses');
  const revisions = await readRevisions(context.database.prisma);
  const authorized = await authorize(context, request, revisions, openedAt);
  const upstream = findUpstream(context, id, request, authorized);
  // Awaited below; until then its failure is nobody's concern.
  upstream.catch(() => undefined);
  await registerSession(context.database, { id, proxyId, request, authorized, openedAt });
  try {
    const opening = { ...authorized, revisions, upstream: await upstream };
    const { definition, token, view, ...rest } = await settle(context, id, request, opening);
    return create(OpenSessionResponseSchema, {
      sessionId: id,
      principal: token.principal,
      target: definition.target,
      upstream: rest.upstream,
      view,
      certificate: certifySession(context.recordingKey, {
        sessionId: id,
        sessionPublicKey: request.sessionPublicKey,
        principalId: token.principal.id,
        targetName: definition.target.name,
        proxyId,
        openedUnixUs: BigInt(openedAt.getTime()) * 1000n,
      }),
      expiresAt: timestampFromDate(token.expiresAt),
    });
  } catch (error) {
    await abandonSession(context, id, error);
    throw error;
  }
}

/** What a session is opened with, all of it read after these counts. */
interface Opening extends Authorized {
  readonly revisions: ChangeRevisions;
  readonly upstream: Upstream;
}

const MAX_ROUNDS = 5;

/**
 * A change that came between reading and registering is not seen by the replica that
 * watches this proxy; so looks again now that the session can be seen, until nothing has
 * moved. So place and secret, too, are of the same moment: a new secret never goes to
 * the place that was before.
 */
async function settle(
  context: OpenSessionContext,
  id: string,
  request: OpenSessionRequest,
  first: Opening,
): Promise<Opening> {
  const { prisma } = context.database;
  let opening = first;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const revisions = await readRevisions(prisma);
    if (!hasMoved(opening.revisions, revisions)) {
      const { revision } = opening.view;
      if (revision !== first.view.revision)
        await prisma.session.updateMany({ where: { id }, data: { viewRevision: revision } });
      return opening;
    }
    const authorized = await authorize(context, request, revisions, context.now());
    opening = {
      ...authorized,
      revisions,
      upstream: await findUpstream(context, id, request, authorized),
    };
  }
  throw new AccessError('control_plane_unavailable', 'Too much changes at once to open a session.');
}

function hasMoved(before: ChangeRevisions, after: ChangeRevisions): boolean {
  return after.resources !== before.resources || after.access !== before.access;
}

interface Authorized {
  readonly token: TokenRecord;
  readonly definition: TargetDefinition;
  /** As whom on the target. */
  readonly login: string;
  readonly view: PolicyView;
}

async function authorize(
  context: OpenSessionContext,
  request: OpenSessionRequest,
  { resources }: ChangeRevisions,
  now: Date,
): Promise<Authorized> {
  const [token, snapshot, locks] = await Promise.all([
    authenticateCaller(context, request, now),
    context.resources.at(resources),
    readLocks(context.database.prisma, now),
  ]);
  const definition = snapshot.targets.get(request.targetName);
  const absent = create(TargetSchema, { name: request.targetName, protocol: request.protocol });
  const view = viewOf(snapshot, token.principal, definition?.target ?? absent, token);
  if (locks.some((lock) => lockMatches(lock, token.principal, undefined))) throw locked();
  if (definition === undefined || view === undefined || definition.target.protocol !== request.protocol)
    throw notAvailable();
  const login = resolveLogin(definition, request.login);
  if (login === undefined) throw notAvailable();
  // Only who may reach the target learns that there is a lock on it.
  if (locks.some((lock) => lockMatches(lock, token.principal, definition.target.name))) throw locked();
  return { token, definition, login, view };
}

function findUpstream(
  { database, vault, sshAuthorities, now }: OpenSessionContext,
  sessionId: string,
  { upstreamPublicKey }: OpenSessionRequest,
  { definition, token, login }: Authorized,
): Promise<Upstream> {
  const certify = () =>
    issueUpstreamCertificate(sshAuthorities, {
      publicKey: upstreamPublicKey,
      login,
      sessionId,
      principal: token.principal,
      now: now(),
    });
  return upstreamOf({ queries: database.prisma, vault, certify }, definition, login);
}

/** Nobody was told of the session, so nobody will close it. */
async function abandonSession(
  { database, now }: OpenSessionContext,
  id: string,
  error: unknown,
): Promise<void> {
  const data = { state: SESSION_STATES.abandoned, closedAt: now(), closeReason: toAccessError(error).code };
  await database.prisma.session.updateMany({ where: { id }, data });
}

interface Registration {
  readonly id: string;
  readonly proxyId: string;
  readonly request: OpenSessionRequest;
  readonly authorized: Authorized;
  readonly openedAt: Date;
}

async function registerSession(
  { prisma }: Database,
  { id, proxyId, request, authorized, openedAt }: Registration,
): Promise<void> {
  const { token, definition, view } = authorized;
  await prisma.session.create({
    data: {
      id,
      tokenId: token.id,
      principalId: token.principal.id,
      principalName: token.principal.name,
      principal: toStored(PrincipalSchema, token.principal),
      targetName: definition.target.name,
      target: toStored(TargetSchema, definition.target),
      proxyId,
      proxyInstance: request.proxyInstance,
      clientAddress: request.clientAddress.slice(0, 255),
      clientName: request.clientName.slice(0, 255),
      viewRevision: view.revision,
      state: SESSION_STATES.open,
      openedAt,
      expiresAt: token.expiresAt,
    },
  });
}

function locked(): AccessError {
  return new AccessError('locked', 'Access is locked.');
}

function notAvailable(): AccessError {
  return new AccessError('target_not_available', 'There is no such target, or it is not open to you.');
}
