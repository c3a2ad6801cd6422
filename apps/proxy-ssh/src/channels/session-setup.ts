import type { ChannelRequestKind } from '@sallyport/codec-ssh';
import type { ForwardPermit } from '@sallyport/proxy-kit';
import type { StatementRun } from '../stages/record/statement-run.ts';

export type PtyRequest = Extract<ChannelRequestKind, { kind: 'pty-req' }>;

export interface SetupVariable {
  readonly name: string;
  readonly value: Buffer;
  /** Null: harmless, so nothing was decided. */
  readonly decided: { readonly permit: ForwardPermit; readonly run: StatementRun } | null;
}

/** What a caller asked for on a session channel before the statement itself. */
export interface SessionSetup {
  readonly pty: PtyRequest | null;
  readonly variables: readonly SetupVariable[];
}
