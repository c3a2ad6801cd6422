import { clone, create, fromBinary } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { HoldSchema, type Hold } from '@sallyport/contracts/admin';
import { HoldStateSchema, HoldStatus, type HoldState } from '@sallyport/contracts/dataplane';
import { ReviewerSchema } from '@sallyport/contracts/event';
import type { Prisma } from '../database/database.ts';

/** A hold's row and its reviews, oldest first. */
export type HoldRow = Prisma.HoldGetPayload<{ include: { reviews: true } }>;

export const WITH_REVIEWS = {
  reviews: { orderBy: { reviewedAt: 'asc' } },
} as const satisfies Prisma.HoldInclude;

/** What was asked for: everything but how it stands. */
export function holdRequestOf(row: Pick<HoldRow, 'snapshot'>): Hold {
  return fromBinary(HoldSchema, row.snapshot);
}

/** How it stands. `reviewUrl` may have {id} in it. */
export function holdStateOf(row: HoldRow, reviewUrl: string): HoldState {
  return create(HoldStateSchema, {
    holdId: row.id,
    status: statusOf(row.status),
    expiresAt: timestampFromDate(row.expiresAt),
    reviewers: row.reviews.map(({ principalId, name, approved, comment }) =>
      create(ReviewerSchema, { principalId, name, approved, comment }),
    ),
    reviewUrl: reviewUrl.replace('{id}', row.id),
  });
}

/** The whole of it, as reviewers see it. */
export function holdOf(row: HoldRow, reviewUrl: string, reviewable: boolean): Hold {
  const hold = clone(HoldSchema, holdRequestOf(row));
  hold.state = holdStateOf(row, reviewUrl);
  hold.reviewable = reviewable;
  return hold;
}

const STATUSES: ReadonlySet<number> = new Set(
  Object.values(HoldStatus).filter((value) => typeof value === 'number'),
);

function statusOf(value: number): HoldStatus {
  return STATUSES.has(value) ? (value as HoldStatus) : HoldStatus.UNSPECIFIED;
}
