/** A shell that the target runs for the door: bash, which asks about each line before it runs it. */
import { Outcome } from '@sallyport/contracts/access';
import { AccessError, toAccessError } from '@sallyport/errors';
import type { ChannelHandler } from '../../connection/channel-end.ts';
import { classifyGuardedShell, classifyShell } from '../../stages/classify/classify-request.ts';
import { detectsOf } from '../../stages/mask/check-masks.ts';
import type { StatementRun } from '../../stages/record/statement-run.ts';
import type { ChannelStart } from '../channel-kind.ts';
import { closedChannel } from '../closed-channel.ts';
import { startProgram } from '../run-program.ts';
import { BASH_PROGRAM } from './bash-program.ts';
import { GuardedTerminal } from './guarded-terminal.ts';

/** Whether a shell that is asked for is guarded: where a shell is not allowed outright, and a guarded one may be. */
export async function startsGuarded({ core, setup }: ChannelStart): Promise<boolean> {
  if ((await core.gate.foresee(classifyShell(setup))) === Outcome.ALLOW) return false;
  const guarded = await core.gate.foresee(classifyGuardedShell(setup));
  return guarded === Outcome.ALLOW || guarded === Outcome.HOLD;
}

/** Decides on the guarded shell itself, and starts it. */
export async function runGuardedShell(start: ChannelStart): Promise<ChannelHandler> {
  const { core, caller, signal, answer, setup } = start;
  const ask = classifyGuardedShell(setup);
  const message = 'A guarded shell needs a terminal (ssh -t). Without one, give the command to ssh.';
  const refusal = { code: 'feature_not_supported', message } as const;
  const admission = await core.gate.admit(setup.pty === null ? { ...ask, refusal } : ask, signal, (text) => {
    answer(true);
    caller.note(text);
  });
  if (admission.kind === 'refused') {
    answer(true);
    caller.refuse(admission.error);
    return closedChannel(caller);
  }
  const request = { kind: 'exec', command: Buffer.from(BASH_PROGRAM) } as const;
  return startProgram({ ...start, request }, admission.permit, admission.run, (relay, upstream) => {
    return new GuardedTerminal({
      relay,
      upstream,
      admit: (line, leaving, onHeld) => core.gate.admit(line, AbortSignal.any([leaving, signal]), onHeld),
      unmasked: (run) => unmasked(run, admission.run),
      maxLineBytes: core.config.limits.maxCommandBytes,
      onDropped: (bytes) => {
        caller.handedOn(bytes);
      },
      onDefect: (error) => {
        core.life.end(toAccessError(error));
      },
    });
  });
}

/** Masks are of the whole terminal: a line cannot ask for others. */
function unmasked(line: StatementRun, shell: StatementRun): AccessError | null {
  const done = detectsOf(shell.decided.decision).map(({ policy, rule }) => `${policy}/${rule}`);
  const other = detectsOf(line.decided.decision).find(
    ({ policy, rule }) => !done.includes(`${policy}/${rule}`),
  );
  if (other === undefined) return null;
  return new AccessError(
    'masking_not_possible',
    `Rule "${other.rule}" masks what this line shows, and does not mask the guarded shell.`,
    { policy: other.policy, rule: other.rule },
  );
}
