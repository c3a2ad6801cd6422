import { HoldSchema, Verdict } from '@sallyport/contracts/admin';
import { HoldStatus } from '@sallyport/contracts/dataplane';
import type { Invocation } from '../invocation.ts';
import { messageJson } from '../output/message-json.ts';
import { describeRequirement, describeStatus, oneLine } from './describe-hold.ts';
import { CliError } from '../cli-error.ts';

export function approveHold(invocation: Invocation): Promise<void> {
  return review(invocation, Verdict.APPROVE);
}

export function rejectHold(invocation: Invocation): Promise<void> {
  return review(invocation, Verdict.REJECT);
}

async function review(invocation: Invocation, verdict: Verdict): Promise<void> {
  const { output } = invocation;
  const holdId = invocation.argument(0);
  const api = await invocation.connect();
  const { hold } = await api.call(
    api.reviews.reviewHold({ holdId, verdict, comment: invocation.text('comment') ?? '' }),
  );
  if (hold === undefined)
    throw new CliError('failed', 'The control plane did not say what became of the hold.');
  const status = hold.state?.status ?? HoldStatus.UNSPECIFIED;
  await output.answer(
    () => messageJson(HoldSchema, hold),
    () => {
      output.line(`${holdId} is `, describeStatus(status), `: ${oneLine(hold.statement?.text ?? '')}`);
      if (status !== HoldStatus.WAITING) return;
      output.line('Your approval counts; it takes more:');
      for (const group of describeRequirement(hold.requirement)) output.line(`  ${group}`);
    },
  );
}
