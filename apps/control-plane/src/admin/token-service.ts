import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import { TokenInfoSchema, type TokenInfo, type TokenService } from '@sallyport/contracts/admin';
import type { Logger } from '@sallyport/service-kit';
import type { Database } from '../database/database.ts';
import { isNarrowed } from '../identity/permissions-of.ts';
import type { ResourceStore } from '../resources/resource-store.ts';
import { listTokens, revokeToken, type TokenRecord } from '../tokens/token-store.ts';
import { callerOf } from './caller.ts';
import { notFound, permissionDenied } from './connect-error.ts';

export interface TokenServiceOptions {
  readonly database: Database;
  readonly resources: ResourceStore;
  readonly logger: Logger;
  readonly nudge: () => void;
  readonly now: () => Date;
}

export function createTokenService({
  database,
  resources,
  logger,
  nudge,
  now,
}: TokenServiceOptions): ServiceImpl<typeof TokenService> {
  return {
    getLoginOptions: async () => {
      const { issuers } = await resources.current();
      const options = [...issuers.values()].map(({ name, url, deviceClientId, audiences, scopes }) => ({
        name,
        issuer: url,
        deviceClientId,
        audience: audiences[0] ?? '',
        scopes,
      }));
      return { options };
    },
    whoAmI: (_request, context) => {
      const { principal, token, permissions } = callerOf(context);
      return { principal, token: toTokenInfo(token), permissions: [...permissions] };
    },
    listTokens: async (_request, context) => {
      const { principal, permissions } = callerOf(context);
      const everybody = permissions.has('tokens.revoke');
      const tokens = await listTokens(database, everybody ? undefined : principal.id, now());
      return { tokens: tokens.map(toTokenInfo) };
    },
    revokeToken: async ({ tokenId }, context) => {
      const { principal, permissions, token } = callerOf(context);
      const of = permissions.has('tokens.revoke') ? undefined : principal.id;
      if (isNarrowed(token) && tokenId !== token.id)
        throw permissionDenied('This token may revoke itself only.');
      if (!(await revokeToken(database, tokenId, of, principal.id, now())))
        throw notFound(`There is no token ${tokenId} that you may revoke.`);
      logger.info('token revoked', { tokenId, actor: principal.id });
      nudge();
      return {};
    },
  };
}

function toTokenInfo({
  id,
  issuedAt,
  expiresAt,
  targets,
  actions,
  principal,
  revokedAt,
}: TokenRecord): TokenInfo {
  return create(TokenInfoSchema, {
    tokenId: id,
    issuedAt: timestampFromDate(issuedAt),
    expiresAt: timestampFromDate(expiresAt),
    targets: [...targets],
    actions: [...actions],
    principalName: principal.name,
    revoked: revokedAt !== null,
  });
}
