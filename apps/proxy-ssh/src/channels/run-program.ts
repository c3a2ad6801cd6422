/** Has the target do one permitted thing on a session channel, and relays it: what exec, shell and subsystems share. */
import { type ChannelOpenFailure } from '@sallyport/codec-ssh';
import { StatementOutcome } from '@sallyport/contracts/event';
import { AccessError, toAccessError } from '@sallyport/errors';
import type { ForwardPermit } from '@sallyport/proxy-kit';
import type { ChannelHandler } from '../connection/channel-end.ts';
import { HandlerSlot } from '../connection/handler-slot.ts';
import { UpstreamEnd } from '../connection/upstream-end.ts';
import type { StatementAsk } from '../stages/classify/statement-ask.ts';
import { maskOutput } from '../stages/mask/mask-output.ts';
import type { StatementRun } from '../stages/record/statement-run.ts';
import type { ChannelStart } from './channel-kind.ts';
import { closedChannel } from './closed-channel.ts';
import { Relay } from './relay.ts';

/** Decides, and runs what may run. */
export async function runProgram(start: ChannelStart, ask: StatementAsk): Promise<ChannelHandler> {
  const { core, caller, signal, answer } = start;
  const admission = await core.gate.admit(ask, signal, (text) => {
    answer(true);
    caller.note(text);
  });
  if (admission.kind === 'refused') {
    refuse(start, admission.error);
    return closedChannel(caller);
  }
  return startProgram(start, admission.permit, admission.run);
}

/** Both sides of a channel that is relayed, with something between them. */
export type RelayEnds = Pick<Relay, 'fromCaller' | 'fromUpstream'>;

/** Runs what was permitted already. `between` puts itself between the relay and its ends. */
export async function startProgram(
  start: ChannelStart,
  permit: ForwardPermit,
  run: StatementRun,
  between: (relay: Relay, upstream: UpstreamEnd) => RelayEnds = (relay) => relay,
): Promise<ChannelHandler> {
  const { core, caller, setup } = start;
  const columns = setup.pty === null ? null : setup.pty.size.columns;
  const maskers = maskOutput(run.decided.decision, core.maskingKey, columns);
  run.maskCounts = () => maskers.counts();
  const relay = new Relay({ core, caller, run, format: columns === null ? 'bytes' : 'terminal', maskers });
  try {
    const upstream = await core.upstream;
    const fromUpstream = new HandlerSlot();
    return await new Promise<ChannelHandler>((resolve, reject) => {
      upstream.openSession(permit, fromUpstream, (opened) => {
        if (!(opened instanceof UpstreamEnd)) {
          reject(notOpened(opened));
          return;
        }
        // In one go, so that nothing of the target's can come between.
        const ends = between(relay, opened);
        fromUpstream.fill(ends.fromUpstream);
        relay.prepare(opened);
        prepareProgram(opened, start);
        relay.attach(opened, begin(opened, start, permit, run));
        resolve(ends.fromCaller);
      });
    });
  } catch (thrown) {
    const error = toAccessError(thrown);
    run.finish(StatementOutcome.FAILED, error.code);
    refuse(start, error);
    return closedChannel(caller);
  }
}

/** What a channel was set up with goes to the target. */
export function prepareProgram(upstream: UpstreamEnd, { caller, setup }: ChannelStart): void {
  for (const { name, value, decided } of setup.variables) {
    if (decided === null) upstream.prepare({ kind: 'env', name, value }, null);
    else {
      upstream.begin(decided.permit, { kind: 'env', name, value }, null);
      decided.run.finish(StatementOutcome.COMPLETED, '');
    }
  }
  if (setup.pty === null) return;
  upstream.prepare(setup.pty, (success) => {
    // The caller was told already that there is one.
    if (!success) caller.note('sallyport: the target gave no terminal\r\n');
  });
}

function begin(
  upstream: UpstreamEnd,
  { request, answer }: ChannelStart,
  permit: ForwardPermit,
  run: StatementRun,
) {
  return upstream.begin(permit, request, (success) => {
    if (!success) run.finish(StatementOutcome.FAILED, 'refused by the target');
    answer(success);
  });
}

function refuse({ caller, answer }: ChannelStart, error: AccessError): void {
  // A request that fails shows no reason; one that succeeds can say why on standard error.
  answer(true);
  caller.refuse(error);
}

function notOpened({ description }: ChannelOpenFailure): AccessError {
  return new AccessError('target_closed', 'The target opened no channel for it.', {}, new Error(description));
}
