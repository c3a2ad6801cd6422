import { createContextKey, type HandlerContext } from '@connectrpc/connect';
import type { Principal } from '@sallyport/contracts/access';
import type { PermissionSet } from '../identity/permissions-of.ts';
import type { TokenRecord } from '../tokens/token-store.ts';

/** Who calls the admin API. */
export interface Caller {
  readonly principal: Principal;
  readonly token: TokenRecord;
  readonly permissions: PermissionSet;
}

export const callerKey = createContextKey<Caller | undefined>(undefined, {
  description: 'caller of the admin API',
});

/** The caller of a method that is not public. */
export function callerOf(context: HandlerContext): Caller {
  const caller = context.values.get(callerKey);
  if (caller === undefined) throw new Error('a method that is not public was reached without a caller');
  return caller;
}
