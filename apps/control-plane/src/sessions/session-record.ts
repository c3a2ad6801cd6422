import { PrincipalSchema, TargetSchema, type Principal, type Target } from '@sallyport/contracts/access';
import type { Prisma } from '../database/database.ts';
import { fromStored } from '../database/stored-message.ts';

/** `lost`: its proxy went away before it closed it. `abandoned`: it was refused while it opened, and has no recording. */
export const SESSION_STATES = {
  open: 'open',
  closed: 'closed',
  lost: 'lost',
  abandoned: 'abandoned',
} as const;

export type SessionRow = Prisma.SessionGetPayload<object>;

/** A session as the registry knows it. */
export interface SessionRecord {
  readonly id: string;
  readonly tokenId: string;
  readonly principal: Principal;
  readonly target: Target;
  readonly proxyId: string;
  readonly proxyInstance: string;
  readonly clientAddress: string;
  readonly clientName: string;
  readonly viewRevision: string;
  readonly openedAt: Date;
  readonly expiresAt: Date;
  /** The code to end it with, when somebody asked for that. */
  readonly endRequested: string | null;
}

export function toSessionRecord(row: SessionRow): SessionRecord {
  return {
    ...row,
    principal: fromStored(PrincipalSchema, row.principal),
    target: fromStored(TargetSchema, row.target),
  };
}
