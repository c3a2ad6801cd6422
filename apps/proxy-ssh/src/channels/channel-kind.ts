import type { ChannelRequestKind } from '@sallyport/codec-ssh';
import type { CallerEnd } from '../connection/caller-end.ts';
import type { ChannelHandler } from '../connection/channel-end.ts';
import type { SessionCore } from './session-core.ts';
import type { SessionSetup } from './session-setup.ts';

/** What starts something on a session channel (RFC 4254, 6.5). */
export type ProgramRequest = Extract<ChannelRequestKind, { kind: 'exec' | 'shell' | 'subsystem' }>;

/** A caller's session channel at the moment when it is to do something. */
export interface ChannelStart {
  readonly core: SessionCore;
  readonly caller: CallerEnd;
  readonly setup: SessionSetup;
  readonly request: ProgramRequest;
  /** The caller closed the channel, or the session ends. Withdraws what waits. */
  readonly signal: AbortSignal;
  /** Answers the request, once; later calls do nothing. */
  readonly answer: (success: boolean) => void;
}

/**
 * What one kind of request does with a session channel: one file a kind. Bytes
 * that come before `start` resolves wait, and are handed over then.
 */
export interface ChannelKind {
  readonly name: string;
  /** Whether this request is its own; the first kind of the list that says so has it. */
  takes(request: ProgramRequest, core: SessionCore): boolean;
  /** Takes the caller's channel over; what it gives gets everything further. Never rejects for what a caller did. */
  start(start: ChannelStart): Promise<ChannelHandler>;
}
