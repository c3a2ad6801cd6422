import { create } from '@bufbuild/protobuf';
import { durationMs, timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import type { Principal, Target } from '@sallyport/contracts/access';
import {
  LockSchema,
  TargetAccessSchema,
  type AccessService,
  type CreateLockRequest,
  type Lock,
  type TargetAccess,
} from '@sallyport/contracts/admin';
import type { Logger } from '@sallyport/service-kit';
import type { Database } from '../database/database.ts';
import {
  createLock,
  deleteLock,
  lockMatches,
  readLocks,
  type AccessLock,
  type NewLock,
} from '../locks/lock-store.ts';
import { createJoinToken } from '../pki/join-token-store.ts';
import { viewOf } from '../policies/session-view.ts';
import type { ResourceStore } from '../resources/resource-store.ts';
import { callerOf, type Caller } from './caller.ts';
import { invalidArgument, notFound } from './connect-error.ts';

export interface AccessServiceOptions {
  readonly database: Database;
  readonly resources: ResourceStore;
  readonly caFingerprint: string;
  /** Where callers reach the proxies. */
  readonly endpoints: readonly { readonly protocol: string; readonly address: string }[];
  readonly logger: Logger;
  readonly nudge: () => void;
  readonly now: () => Date;
}

const MAX_JOIN_TOKEN_MS = 24 * 3_600_000;
const DEFAULT_JOIN_TOKEN_MS = 3_600_000;
const MAX_TEXT = 1000;

export function createAccessService(options: AccessServiceOptions): ServiceImpl<typeof AccessService> {
  const { database, logger, nudge, now } = options;
  return {
    listTargets: async (_request, context) => ({
      targets: await listOpenTargets(options, callerOf(context)),
    }),
    createLock: async (request, context) => {
      const { principal } = callerOf(context);
      const lock = await createLock(database, newLock(request, principal, now()), now());
      const { id, principalId, group, targetName } = lock;
      logger.warn('lock created', { lockId: id, principalId, group, targetName, actor: principal.id });
      nudge();
      return { lock: toLock(lock) };
    },
    listLocks: async () => ({ locks: (await readLocks(database.prisma, now())).map(toLock) }),
    deleteLock: async ({ lockId }, context) => {
      if (!(await deleteLock(database, lockId))) throw notFound(`There is no lock ${lockId}.`);
      logger.warn('lock deleted', { lockId, actor: callerOf(context).principal.id });
      nudge();
      return {};
    },
    createJoinToken: async ({ kind, duration }, context) => {
      const { principal } = callerOf(context);
      if (kind !== 'proxy' && kind !== 'recorder')
        throw invalidArgument('kind must be "proxy" or "recorder".');
      const lifetimeMs = duration === undefined ? DEFAULT_JOIN_TOKEN_MS : durationMs(duration);
      if (lifetimeMs <= 0 || lifetimeMs > MAX_JOIN_TOKEN_MS) {
        throw invalidArgument('The duration must be more than nothing and at most 24 hours.');
      }
      const expiresAt = new Date(now().getTime() + lifetimeMs);
      const joinToken = await createJoinToken(database, { kind, createdBy: principal.id, expiresAt });
      logger.info('join token created', { kind, actor: principal.id });
      return { joinToken, caFingerprint: options.caFingerprint };
    },
  };
}

async function listOpenTargets(
  options: AccessServiceOptions,
  { principal, token }: Caller,
): Promise<TargetAccess[]> {
  const snapshot = await options.resources.current();
  const locks = await readLocks(options.database.prisma, options.now());
  const isOpen = (target: Target) =>
    viewOf(snapshot, principal, target, token) !== undefined &&
    !locks.some((lock) => lockMatches(lock, principal, target.name));
  const endpointOf = ({ protocol }: Target) =>
    options.endpoints.find((endpoint) => endpoint.protocol === protocol)?.address ?? '';
  return [...snapshot.targets.values()]
    .filter(({ target }) => isOpen(target))
    .map(({ target, logins }) =>
      create(TargetAccessSchema, { target, endpoint: endpointOf(target), logins: [...logins] }),
    );
}

function newLock(request: CreateLockRequest, creator: Principal, now: Date): NewLock {
  const { principalId, group, targetName, reason, duration } = request;
  if (principalId === '' && group === '' && targetName === '') {
    throw invalidArgument(
      'A lock names a principal, a group or a target; one that names none would lock everybody out.',
    );
  }
  if ([principalId, group, targetName, reason].some((text) => text.length > MAX_TEXT)) {
    throw invalidArgument('A field of the lock is too long.');
  }
  const lifetimeMs = duration === undefined ? undefined : durationMs(duration);
  if (lifetimeMs !== undefined && lifetimeMs <= 0)
    throw invalidArgument('The duration must be more than nothing.');
  const expiresAt = lifetimeMs === undefined ? null : new Date(now.getTime() + lifetimeMs);
  return { principalId, group, targetName, reason, createdBy: creator.name, expiresAt };
}

function toLock({
  id,
  principalId,
  group,
  targetName,
  reason,
  createdAt,
  createdBy,
  expiresAt,
}: AccessLock): Lock {
  return create(LockSchema, {
    lockId: id,
    principalId,
    group,
    targetName,
    reason,
    createdAt: timestampFromDate(createdAt),
    createdBy,
    ...(expiresAt === null ? {} : { expiresAt: timestampFromDate(expiresAt) }),
  });
}
