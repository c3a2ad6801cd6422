/** A channel that the target opens for something that was permitted: opened at the caller's too, and relayed. */
import type { ChannelOpen, ChannelOpenFailure, ChannelOpenKind } from '@sallyport/codec-ssh';
import { StatementOutcome } from '@sallyport/contracts/event';
import { CallerEnd } from '../connection/caller-end.ts';
import { ChannelEnd, type ChannelHandler } from '../connection/channel-end.ts';
import { HandlerSlot } from '../connection/handler-slot.ts';
import type { UpstreamConnection } from '../connection/upstream-connection.ts';
import { Relay } from './relay.ts';
import type { SessionCore } from './session-core.ts';
import type { StandingPermit } from './standing-permit.ts';

/** Asks the caller for a channel. */
export type AskCaller = (
  open: ChannelOpenKind,
  handler: ChannelHandler,
  onAnswer: (answer: ChannelEnd | ChannelOpenFailure) => void,
) => void;

/** The target's channel is confirmed when the caller's is. */
export function openTargetChannel(
  core: SessionCore,
  upstream: UpstreamConnection,
  open: ChannelOpen,
  permit: StandingPermit,
  askCaller: AskCaller,
  onOpen: (caller: CallerEnd) => void,
): void {
  const run = permit.share();
  const fromCaller = new HandlerSlot();
  askCaller(open.open, fromCaller, (answer) => {
    if (!(answer instanceof ChannelEnd)) {
      run.finish(StatementOutcome.FAILED, answer.description);
      upstream.refuse(open, answer.reasonCode, answer.description);
      return;
    }
    const caller = new CallerEnd(answer);
    const relay = new Relay({ core, caller, run, format: 'bytes' });
    fromCaller.fill(relay.fromCaller);
    relay.attach(upstream.accept(open, relay.fromUpstream), permit.forwarded);
    onOpen(caller);
  });
}
