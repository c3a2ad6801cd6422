/** Has the target do one permitted thing on a session channel, and relays it: what exec, shell and subsystems share. */
import { type ChannelOpenFailure } from '@sallyport/codec-ssh';
import { StatementOutcome } from '@sallyport/contracts/event';
import { AccessError, toAccessError } from '@sallyport/errors';
import type { ForwardPermit } from '@sallyport/proxy-kit';
import type { ChannelHandler } from '../connection/channel-end.ts';
import { UpstreamEnd } from '../connection/upstream-end.ts';
import type { StatementAsk } from '../stages/classify/statement-ask.ts';
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

/** Runs what was permitted already. */
export async function startProgram(
  start: ChannelStart,
  permit: ForwardPermit,
  run: StatementRun,
): Promise<ChannelHandler> {
  const { core, caller, setup } = start;
  const relay = new Relay({ core, caller, run, format: setup.pty === null ? 'bytes' : 'terminal' });
  try {
    const upstream = await core.upstream;
    await new Promise<void>((resolve, reject) => {
      upstream.openSession(permit, relay.fromUpstream, (opened) => {
        if (!(opened instanceof UpstreamEnd)) {
          reject(notOpened(opened));
          return;
        }
        // In one go, so that nothing of the target's can come between.
        relay.prepare(opened);
        prepareProgram(opened, start);
        relay.attach(opened, begin(opened, start, permit, run));
        resolve();
      });
    });
    return relay.fromCaller;
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
