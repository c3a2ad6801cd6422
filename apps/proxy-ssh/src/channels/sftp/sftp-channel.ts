/** The subsystem `sftp`: opened at the target once the caller may have it, then decided on request by request. */
import { StatementOutcome } from '@sallyport/contracts/event';
import { AccessError, toAccessError } from '@sallyport/errors';
import type { ForwardPermit } from '@sallyport/proxy-kit';
import type { ChannelHandler } from '../../connection/channel-end.ts';
import { UpstreamEnd } from '../../connection/upstream-end.ts';
import type { StatementRun } from '../../stages/record/statement-run.ts';
import type { ChannelKind, ChannelStart } from '../channel-kind.ts';
import { closedChannel } from '../closed-channel.ts';
import { prepareProgram } from '../run-program.ts';
import { transferAsk } from './sftp-ask.ts';
import { SftpRelay } from './sftp-relay.ts';

export const sftpChannel: ChannelKind = {
  name: 'sftp',
  takes: (request) => request.kind === 'subsystem' && request.name === 'sftp',
  start: startSftp,
};

async function startSftp(start: ChannelStart): Promise<ChannelHandler> {
  const { core, caller, signal, answer } = start;
  const admission = await core.gate.admit(transferAsk(), signal, (text) => {
    answer(true);
    caller.note(text);
  });
  if (admission.kind === 'permit') return openSftp(start, admission.permit, admission.run);
  answer(true);
  caller.refuse(admission.error);
  return closedChannel(caller);
}

async function openSftp(
  start: ChannelStart,
  permit: ForwardPermit,
  run: StatementRun,
): Promise<ChannelHandler> {
  const { core, caller, signal, request, answer } = start;
  const relay = new SftpRelay({ core, caller, run, signal });
  try {
    const upstream = await core.upstream;
    await new Promise<void>((resolve, reject) => {
      upstream.openSession(permit, relay.fromUpstream, (opened) => {
        if (!(opened instanceof UpstreamEnd)) {
          reject(new AccessError('target_closed', 'The target opened no channel for files.'));
          return;
        }
        prepareProgram(opened, start);
        const forwarded = opened.begin(permit, request, (success) => {
          if (!success) run.finish(StatementOutcome.FAILED, 'refused by the target');
          answer(success);
        });
        relay.attach(opened, forwarded);
        resolve();
      });
    });
    return relay.fromCaller;
  } catch (thrown) {
    const error = toAccessError(thrown);
    run.finish(StatementOutcome.FAILED, error.code);
    answer(true);
    caller.refuse(error);
    return closedChannel(caller);
  }
}
