/** A legacy copy asked for as a command: decided on by its paths, then file by file. */
import { StatementOutcome } from '@sallyport/contracts/event';
import { AccessError, toAccessError } from '@sallyport/errors';
import type { ForwardPermit } from '@sallyport/proxy-kit';
import type { ChannelHandler } from '../../connection/channel-end.ts';
import { UpstreamEnd } from '../../connection/upstream-end.ts';
import type { StatementRun } from '../../stages/record/statement-run.ts';
import type { ChannelKind, ChannelStart } from '../channel-kind.ts';
import { closedChannel } from '../closed-channel.ts';
import { prepareProgram } from '../run-program.ts';
import { decideAsk } from '../sftp/decide-operation.ts';
import { operationAsk, transferAsk } from '../sftp/sftp-ask.ts';
import { PathOracle } from './path-oracle.ts';
import { readScpCommand, type ScpStart } from './read-scp-command.ts';
import { copyOperation } from './scp-operation.ts';
import { ScpRelay } from './scp-relay.ts';

/** Longer commands are no copies: each word of them would be a path. */
const MAX_COMMAND_BYTES = 64 * 1024;

export const scpChannel: ChannelKind = {
  name: 'scp',
  takes: (request) =>
    request.kind === 'exec' &&
    request.command.length <= MAX_COMMAND_BYTES &&
    request.command.includes('scp') &&
    readScpCommand(request.command) !== null,
  start: startScp,
};

async function startScp(start: ChannelStart): Promise<ChannelHandler> {
  const { core, request } = start;
  const copy = request.kind === 'exec' ? readScpCommand(request.command) : null;
  if (copy === null) throw new Error('a copy was started for something else');
  const asker = askerOf(start);
  const session = await decideAsk(asker, transferAsk(), () => undefined);
  if (session.kind === 'refused') return refuse(start, session.error);
  let oracle: PathOracle | null = null;
  try {
    const upstream = await core.upstream;
    oracle = await PathOracle.open(upstream, session.permit, session.run);
    const operation = copyOperation(copy.scp);
    const asked = oracle;
    const paths = await Promise.all(operation.paths.map((use) => asked.resolve(use)));
    const verdict = await decideAsk(asker, operationAsk(operation, paths, 'ssh.scp'), () => undefined);
    if (verdict.kind === 'permit') return await openScp(start, copy, oracle, verdict);
    oracle.close();
    return refuse(start, verdict.error);
  } catch (thrown) {
    oracle?.close();
    const error = toAccessError(thrown);
    session.run.finish(StatementOutcome.FAILED, error.code);
    return refuse(start, error);
  }
}

async function openScp(
  start: ChannelStart,
  { scp, command }: ScpStart,
  oracle: PathOracle,
  { permit, run }: { readonly permit: ForwardPermit; readonly run: StatementRun },
): Promise<ChannelHandler> {
  const { core, caller, signal, answer } = start;
  const relay = new ScpRelay({ core, caller, run, scp, oracle, signal });
  const upstream = await core.upstream;
  await new Promise<void>((resolve, reject) => {
    upstream.openSession(permit, relay.fromUpstream, (opened) => {
      if (!(opened instanceof UpstreamEnd)) {
        run.finish(StatementOutcome.FAILED, 'no channel');
        reject(new AccessError('target_closed', 'The target opened no channel for the copy.'));
        return;
      }
      prepareProgram(opened, start);
      const forwarded = opened.begin(permit, { kind: 'exec', command }, (success) => {
        if (!success) run.finish(StatementOutcome.FAILED, 'refused by the target');
        answer(success);
      });
      relay.attach(opened, forwarded);
      resolve();
    });
  });
  return relay.fromCaller;
}

function askerOf({ core, caller, signal, answer }: ChannelStart) {
  return {
    core,
    signal,
    note: (text: string) => {
      answer(true);
      caller.note(text);
    },
  };
}

function refuse({ caller, answer }: ChannelStart, error: AccessError): ChannelHandler {
  answer(true);
  caller.refuse(error);
  return closedChannel(caller);
}
