import type { HoldService, WatchHoldResponse } from '@sallyport/contracts/dataplane';
import { create } from '@bufbuild/protobuf';
import { WatchHoldResponseSchema } from '@sallyport/contracts/dataplane';
import { AccessError } from '@sallyport/errors';
import type { Logger, ServiceImplementation } from '@sallyport/service-kit';
import { claimApproval } from '../holds/claim-approval.ts';
import { createHold, type HoldOptions } from '../holds/create-hold.ts';
import type { HoldWatcher } from '../holds/hold-watcher.ts';
import { withdrawHold } from '../holds/withdraw-hold.ts';
import { requireComponent } from './peer.ts';

export interface HoldServiceOptions extends HoldOptions {
  readonly holdWatcher: HoldWatcher;
  readonly nudge: () => void;
  readonly logger: Logger;
}

/** Statements of the calling proxy's sessions that wait for a human. */
export function createHoldService(options: HoldServiceOptions): ServiceImplementation<typeof HoldService> {
  const { database, holdWatcher, nudge, logger } = options;
  return {
    createHold: async (request, context) => {
      const hold = await createHold(options, requireComponent(context, 'proxy'), request);
      logger.info('statement held', {
        holdId: hold.holdId,
        sessionId: request.sessionId,
        statementId: request.statement?.id,
      });
      return { hold };
    },
    watchHold: async function* ({ holdId }, context) {
      await requireOwnHold(options, requireComponent(context, 'proxy'), holdId);
      for await (const hold of holdWatcher.states(holdId, context.signal, nudge)) yield answer(hold);
    },
    claimApproval: async (request, context) => {
      await claimApproval(options, requireComponent(context, 'proxy'), request);
      logger.info('approval used', { holdId: request.holdId, sessionId: request.sessionId });
      return {};
    },
    withdrawHold: async ({ holdId }, context) => {
      await requireOwnHold(options, requireComponent(context, 'proxy'), holdId);
      await withdrawHold(database, holdId, options.now());
      nudge();
      return {};
    },
  };
}

function answer(hold: NonNullable<WatchHoldResponse['hold']>): WatchHoldResponse {
  return create(WatchHoldResponseSchema, { hold });
}

/** Throws unless the hold is of one of the proxy's own sessions; absent and another's, the same. */
async function requireOwnHold(
  { database: { prisma } }: HoldOptions,
  proxyId: string,
  holdId: string,
): Promise<void> {
  const hold = await prisma.hold.findUnique({ where: { id: holdId }, select: { sessionId: true } });
  const session =
    hold === null
      ? null
      : await prisma.session.findUnique({ where: { id: hold.sessionId }, select: { proxyId: true } });
  if (session?.proxyId !== proxyId) throw new AccessError('approval_not_valid', 'There is no such hold.');
}
