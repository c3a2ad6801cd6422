import { HoldSchema, type Hold } from '@sallyport/contracts/admin';
import { CliError } from '../cli-error.ts';
import type { Invocation } from '../invocation.ts';
import { formatRemaining, formatTimestamp } from '../output/describe-time.ts';
import { messageJson } from '../output/message-json.ts';
import type { Output } from '../output/output.ts';
import { describePrincipal } from '../output/principal.ts';
import { describeEffect, describeParameter, describeRequirement, describeStatus } from './describe-hold.ts';
import { HoldStatus } from '@sallyport/contracts/dataplane';

export async function showHold(invocation: Invocation): Promise<void> {
  const { output, world } = invocation;
  const api = await invocation.connect();
  const { hold } = await api.call(api.reviews.getHold({ holdId: invocation.argument(0) }));
  if (hold === undefined) throw new CliError('notFound', 'There is no such hold.');
  await output.answer(
    () => messageJson(HoldSchema, hold),
    () => printHold(output, hold, world.now()),
  );
}

/** Everything that a reviewer needs. */
export function printHold(output: Output, hold: Hold, now: Date): void {
  const { state, statement, principal, target } = hold;
  const status = describeStatus(state?.status ?? HoldStatus.UNSPECIFIED);
  const field = (name: string, value: string): void => {
    if (value !== '') output.line({ text: name.padEnd(12), style: 'dim' }, value);
  };
  output.line(
    { text: 'hold'.padEnd(12), style: 'dim' },
    { text: state?.holdId ?? '', style: 'bold' },
    ' ',
    status,
  );
  field('asked by', describePrincipal(principal));
  field('target', `${target?.name ?? ''}${statement?.effectiveRole ? ` as ${statement.effectiveRole}` : ''}`);
  field('session', hold.sessionId);
  field('asked', formatTimestamp(hold.createdAt));
  if (state?.status === HoldStatus.WAITING) field('waits for', formatRemaining(state.expiresAt, now));
  for (const { policy, rule, message } of hold.rules)
    field('rule', `${policy}/${rule}${message === '' ? '' : `: ${message}`}`);
  for (const group of describeRequirement(hold.requirement)) field('needs', group);
  for (const reviewer of state?.reviewers ?? []) {
    field(
      reviewer.approved ? 'approved by' : 'rejected by',
      `${reviewer.name}${reviewer.comment === '' ? '' : `: ${reviewer.comment}`}`,
    );
  }
  for (const effect of statement?.effects ?? []) field('effect', describeEffect(effect));
  for (const { kind, object, value } of hold.estimates) field('estimate', `${kind} ${object}: ${value}`);
  output.line('');
  output.block(statement?.text ?? '', '    ');
  for (const parameter of statement?.parameters ?? [])
    output.line('    ', { text: describeParameter(parameter), style: 'dim' });
  if (!hold.reviewable) return;
  output.line('');
  output.line(`Approve it with: sallyport holds approve ${state?.holdId ?? ''}`);
}
