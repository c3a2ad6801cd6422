import {
  Code,
  ConnectError,
  type Interceptor,
  type StreamResponse,
  type UnaryResponse,
} from '@connectrpc/connect';
import type { Subject } from '@sallyport/contracts/access';
import { AccessError } from '@sallyport/errors';
import type { Logger } from '@sallyport/service-kit';
import type { Database } from '../database/database.ts';
import { isNarrowed, permissionsOf } from '../identity/permissions-of.ts';
import { lockMatches, readLocks } from '../locks/lock-store.ts';
import type { ControlPlaneMetrics } from '../metrics.ts';
import type { ResourceStore } from '../resources/resource-store.ts';
import { authenticateToken } from '../tokens/token-store.ts';
import { callerKey, type Caller } from './caller.ts';
import { permissionDenied, toConnectError } from './connect-error.ts';
import { accessOf, type MethodAccess } from './method-access.ts';

export interface GuardOptions {
  readonly database: Database;
  readonly resources: ResourceStore;
  readonly bootstrapAdmins: readonly Subject[];
  readonly logger: Logger;
  readonly metrics: ControlPlaneMetrics;
  readonly now: () => Date;
}

/** Stands before every admin method: who calls, and may they; and behind it: what of an error may be told. */
export function createGuard(options: GuardOptions): Interceptor {
  return (next) => async (request) => {
    const method = `${request.service.typeName}/${request.method.name}`;
    try {
      const access = accessOf(request.service.typeName, request.method.localName);
      if (access === undefined) throw new ConnectError('This method is not served.', Code.Unimplemented);
      if (access !== 'public') {
        const caller = await identify(options, request.header.get('authorization'));
        authorize(caller, access);
        request.contextValues.set(callerKey, caller);
      }
      if (request.stream) return concealStream(options, method, await next(request));
      return await options.metrics.call(method, () => next(request));
    } catch (error) {
      throw publicError(options, method, error);
    }
  };
}

type AnyResponse = UnaryResponse | StreamResponse;

/** What fails while a stream is under way is told no more of than what fails before. */
function concealStream(options: GuardOptions, method: string, response: AnyResponse): AnyResponse {
  if (!response.stream) return response;
  const { message } = response;
  const concealed = async function* () {
    try {
      yield* message;
    } catch (error) {
      throw publicError(options, method, error);
    }
  };
  return { ...response, message: concealed() };
}

async function identify(
  { database, resources, bootstrapAdmins, now }: GuardOptions,
  header: string | null,
): Promise<Caller> {
  const at = now();
  const bearer = /^Bearer ([^\s]+)$/i.exec(header ?? '')?.[1] ?? '';
  const token = await authenticateToken(database, bearer, at);
  const locks = await readLocks(database.prisma, at);
  if (locks.some((lock) => lockMatches(lock, token.principal, undefined)))
    throw new AccessError('locked', 'Access is locked.');
  const permissions = permissionsOf(token.principal, token, await resources.current(), bootstrapAdmins);
  return { principal: token.principal, token, permissions };
}

function authorize({ token, permissions }: Caller, access: Exclude<MethodAccess, 'public'>): void {
  if (access === 'anyone') return;
  if (isNarrowed(token))
    throw permissionDenied('This token is for some targets or actions only; use one that is not narrowed.');
  if (access !== 'person' && !permissions.has(access))
    throw permissionDenied(`This takes the admin right "${access}".`);
}

function publicError({ logger, metrics }: GuardOptions, method: string, error: unknown): ConnectError {
  if (error instanceof ConnectError) {
    metrics.refused(method, Code[error.code]);
    return error;
  }
  if (error instanceof AccessError) {
    metrics.refused(method, error.code);
    logger.info('admin request refused', { method, code: error.code });
    return toConnectError(error);
  }
  metrics.refused(method, 'internal');
  logger.error('admin request failed', { method, error });
  return new ConnectError('Sallyport could not do this; its log says why.', Code.Internal);
}
