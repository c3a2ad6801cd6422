/** A connection that the caller wants made from the target (RFC 4254, 7.2; OpenSSH PROTOCOL 2.4), relayed as bytes. */
import { ChannelOpenFailureReason, type ChannelOpen } from '@sallyport/codec-ssh';
import { StatementOutcome } from '@sallyport/contracts/event';
import { toAccessError } from '@sallyport/errors';
import { CallerEnd } from '../connection/caller-end.ts';
import type { ConnectionLayer } from '../connection/connection-layer.ts';
import { HandlerSlot } from '../connection/handler-slot.ts';
import { UpstreamEnd } from '../connection/upstream-end.ts';
import type { StatementAsk } from '../stages/classify/statement-ask.ts';
import { refusalSentence } from '../wire-errors.ts';
import { Relay } from './relay.ts';
import type { SessionCore } from './session-core.ts';

/** Decides, and opens what may be opened; the caller's channel is confirmed when the target's is. */
export async function openDirectForward(
  core: SessionCore,
  layer: ConnectionLayer,
  open: ChannelOpen,
  ask: StatementAsk,
  onOpen: (caller: CallerEnd) => void,
): Promise<void> {
  const admission = await core.gate.admit(ask, core.life.signal, () => undefined);
  if (admission.kind === 'refused') {
    layer.refuse(
      open,
      ChannelOpenFailureReason.ADMINISTRATIVELY_PROHIBITED,
      refusalSentence(admission.error),
    );
    return;
  }
  const { permit, run } = admission;
  try {
    const upstream = await core.upstream;
    await new Promise<void>((resolve) => {
      const fromUpstream = new HandlerSlot();
      const forwarded = upstream.openForward(permit, open.open, fromUpstream, (answer) => {
        if (answer instanceof UpstreamEnd) {
          const end = layer.accept(open, new HandlerSlot());
          const caller = new CallerEnd(end);
          const relay = new Relay({ core, caller, run, format: 'bytes' });
          relay.attach(answer, forwarded);
          end.handOver(relay.fromCaller);
          fromUpstream.fill(relay.fromUpstream);
          onOpen(caller);
        } else {
          run.finish(StatementOutcome.FAILED, answer.description);
          layer.refuse(open, answer.reasonCode, answer.description);
        }
        resolve();
      });
    });
  } catch (thrown) {
    const error = toAccessError(thrown);
    run.finish(StatementOutcome.FAILED, error.code);
    layer.refuse(open, ChannelOpenFailureReason.CONNECT_FAILED, refusalSentence(error));
  }
}
