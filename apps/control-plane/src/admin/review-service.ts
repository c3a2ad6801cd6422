import { Code, ConnectError, type ServiceImpl } from '@connectrpc/connect';
import { Verdict, type Hold, type ReviewService } from '@sallyport/contracts/admin';
import { HoldStatus } from '@sallyport/contracts/dataplane';
import type { Logger } from '@sallyport/service-kit';
import { holdOf, holdRequestOf, WITH_REVIEWS, type HoldRow } from '../holds/hold-record.ts';
import { reviewHold, type ReviewContext, type ReviewOutcome } from '../holds/review-hold.ts';
import { reviewRefusal } from '../holds/reviewers.ts';
import { chainOf } from '../locks/lock-store.ts';
import { callerOf, type Caller } from './caller.ts';
import { invalidArgument, notFound, permissionDenied } from './connect-error.ts';

export interface ReviewServiceOptions extends ReviewContext {
  readonly reviewUrl: string;
  readonly logger: Logger;
  readonly nudge: () => void;
}

const MAX_LISTED = 500;

/** Holds as reviewers see them. */
export function createReviewService(options: ReviewServiceOptions): ServiceImpl<typeof ReviewService> {
  const { prisma } = options.database;
  return {
    listHolds: async ({ includeSettled }, context) => {
      const caller = callerOf(context);
      const where = includeSettled ? {} : { status: HoldStatus.WAITING, expiresAt: { gt: options.now() } };
      const rows = await prisma.hold.findMany({
        where,
        orderBy: { createdAt: 'desc' },
        take: MAX_LISTED,
        include: WITH_REVIEWS,
      });
      return { holds: rows.filter((row) => mayRead(row, caller)).map((row) => shown(options, row, caller)) };
    },
    getHold: async ({ holdId }, context) => {
      const caller = callerOf(context);
      const row = await prisma.hold.findUnique({ where: { id: holdId }, include: WITH_REVIEWS });
      if (row === null || !mayRead(row, caller))
        throw notFound(`There is no hold ${holdId} that you may see.`);
      return { hold: shown(options, row, caller) };
    },
    reviewHold: async ({ holdId, verdict, comment }, context) => {
      const caller = callerOf(context);
      if (verdict !== Verdict.APPROVE && verdict !== Verdict.REJECT)
        throw invalidArgument('verdict must be approve or reject.');
      const outcome = await reviewHold(options, {
        holdId,
        reviewer: caller.principal,
        approved: verdict === Verdict.APPROVE,
        comment,
      });
      if (outcome.kind === 'refused') throw refusal(holdId, outcome.reason);
      options.logger.info('hold reviewed', {
        holdId,
        reviewer: caller.principal.id,
        approved: verdict === Verdict.APPROVE,
        status: outcome.row.status,
      });
      options.nudge();
      return { hold: shown(options, outcome.row, caller) };
    },
  };
}

/** One's own, those that one could have a say in, or all with the right to. */
function mayRead(row: HoldRow, { principal, permissions }: Caller): boolean {
  if (permissions.has('holds.read')) return true;
  const hold = holdRequestOf(row);
  if (hold.principal !== undefined && chainOf(hold.principal).includes(principal.id)) return true;
  return reviewRefusal(hold, principal) === undefined;
}

function shown({ reviewUrl, now }: ReviewServiceOptions, row: HoldRow, { principal }: Caller): Hold {
  const waits = row.status === HoldStatus.WAITING && row.expiresAt > now();
  const reviewed = row.reviews.some(({ principalId }) => principalId === principal.id);
  return holdOf(
    row,
    reviewUrl,
    waits && !reviewed && reviewRefusal(holdRequestOf(row), principal) === undefined,
  );
}

function refusal(
  holdId: string,
  reason: Extract<ReviewOutcome, { kind: 'refused' }>['reason'],
): ConnectError {
  switch (reason) {
    case 'not-found':
      return notFound(`There is no hold ${holdId} that you may see.`);
    case 'own-statement':
      return permissionDenied(
        'Nobody reviews their own statement, or one on their behalf. Ask another approver.',
      );
    case 'not-an-approver':
      return permissionDenied('No rule names you as an approver of this statement.');
    case 'locked':
      return permissionDenied('Your access is locked.');
    case 'already-reviewed':
      return new ConnectError(
        'You have reviewed this already; it takes another approver.',
        Code.FailedPrecondition,
      );
    case 'settled':
      return new ConnectError(
        'This hold is settled; it cannot be reviewed any more.',
        Code.FailedPrecondition,
      );
    default:
      return reason satisfies never;
  }
}
