import { Outcome, OutcomeSchema, type Decision, type RuleMatch } from '@sallyport/contracts/access';
import {
  HoldOutcome,
  HoldOutcomeSchema,
  StatementOutcome,
  StatementOutcomeSchema,
  type SessionOpened,
} from '@sallyport/contracts/event';
import type { StatementHold, StatementItem, TimelineItem } from '@sallyport/recording-format';
import { describeParameter } from '../holds/describe-hold.ts';
import { formatDate, formatDuration } from '../output/describe-time.ts';
import { enumWords } from '../output/message-json.ts';
import type { Output } from '../output/output.ts';
import { describePrincipal } from '../output/principal.ts';
import type { Span, Style } from '../output/span.ts';
import type { AnswerDecoder } from './answer-decoder.ts';
import { printAnswer, type AnswerLimits } from './print-answer.ts';

const INDENT = '    ';

/** Prints one item of a session's timeline. `startUs` is when the session began. */
export function printItem(
  output: Output,
  item: TimelineItem,
  startUs: number,
  decoder: AnswerDecoder,
  limits: AnswerLimits,
): void {
  const time: Span = { text: offsetOf(item.timeUnixUs - startUs), style: 'dim' };
  switch (item.type) {
    case 'opened':
      printOpened(output, item.opened, item.timeUnixUs);
      return;
    case 'statement':
      printStatement(output, item, time, decoder, limits);
      return;
    case 'output':
    case 'input': {
      const parts = decoder.decode([item]).filter((part) => part.kind === 'message' || part.kind === 'text');
      if (parts.length === 0) return;
      output.line(time, '  between statements');
      printAnswer(output, parts, limits);
      return;
    }
    case 'policy-changed':
      output.line(time, '  policy is now ', {
        text: item.changed.policyRevision.slice(0, 12),
        style: 'bold',
      });
      return;
    case 'closed':
      output.line(time, '  closed: ', item.closed.reason);
      return;
  }
}

function printOpened(output: Output, opened: SessionOpened, timeUnixUs: number): void {
  const { principal, target, clientAddress, clientName, proxyId, exceptions } = opened;
  output.line(
    { text: describePrincipal(principal), style: 'bold' },
    ' on ',
    { text: target?.name ?? '', style: 'bold' },
    `, ${formatDate(new Date(timeUnixUs / 1000))}`,
  );
  output.line({
    text: `from ${clientAddress} with ${clientName === '' ? 'an unnamed client' : clientName}, through ${proxyId}`,
    style: 'dim',
  });
  for (const exception of exceptions)
    output.line({ text: `exception in force: ${exception}`, style: 'yellow' });
}

function printStatement(
  output: Output,
  item: StatementItem,
  time: Span,
  decoder: AnswerDecoder,
  limits: AnswerLimits,
): void {
  const { statement, decision } = item.decided;
  output.line('');
  output.line(time, '  ', ...decisionSpans(decision), {
    text: `  ${statement?.kind ?? ''} ${item.statementId}`,
    style: 'dim',
  });
  output.block(statement?.text ?? '', INDENT);
  for (const parameter of statement?.parameters ?? [])
    output.line(INDENT, { text: describeParameter(parameter), style: 'dim' });
  for (const shadow of decision?.shadow ?? [])
    output.line(INDENT, {
      text: `in shadow mode: would ${enumWords(OutcomeSchema, shadow.outcome)} (${shadow.policy}/${shadow.rule})`,
      style: 'dim',
    });
  for (const hold of item.holds) output.line(INDENT, ...holdSpans(hold));
  const inputBytes = item.inputs.reduce((sum, { data }) => sum + data.length, 0);
  if (inputBytes > 0)
    output.line(INDENT, { text: `(${inputBytes} bytes of data from the caller)`, style: 'dim' });
  const parts = decoder.decode(item.outputs);
  const refusal = decision?.outcome === Outcome.DENY ? decision.message : '';
  // The caller was told the same, and once more as JSON for programs.
  const told =
    refusal === '' ? [] : parts.filter((part) => part.kind === 'message' && part.text.includes(refusal));
  if (refusal !== '') output.line(INDENT, { text: refusal, style: 'red' });
  printAnswer(
    output,
    parts.filter((part) => !told.includes(part)),
    limits,
  );
  if (item.omittedBytes > 0)
    output.line(INDENT, { text: `(${item.omittedBytes} more bytes are in the recording)`, style: 'dim' });
  output.line(INDENT, ...endSpans(item));
}

function decisionSpans(decision: Decision | undefined): Span[] {
  if (decision === undefined) return [{ text: 'no decision', style: 'red' }];
  const styles: Readonly<Partial<Record<Outcome, Style>>> = {
    [Outcome.ALLOW]: 'green',
    [Outcome.HOLD]: 'yellow',
  };
  const word = enumWords(OutcomeSchema, decision.outcome).toUpperCase();
  const rules = [...new Set(decision.rules.map(ruleName))].join(', ');
  const why =
    rules !== ''
      ? rules
      : decision.uncovered
          .map(({ action, object }) => `nothing covers ${action} ${object}`.trim())
          .join(', ');
  return [{ text: word, style: styles[decision.outcome] ?? 'red' }, why === '' ? '' : `  ${why}`];
}

function ruleName({ policy, rule }: RuleMatch): string {
  return `${policy}/${rule}`;
}

function holdSpans({ created, settled }: StatementHold): Span[] {
  if (settled === undefined)
    return [`hold ${created.holdId}: `, { text: 'not settled in this recording', style: 'red' }];
  const word = enumWords(HoldOutcomeSchema, settled.outcome);
  const reviewers = settled.reviewers.map(
    ({ name, approved, comment }) =>
      `${name} ${approved ? 'approved' : 'rejected'}${comment === '' ? '' : ` ("${comment}")`}`,
  );
  const waited = formatDuration((settled.at.timeUnixUs - created.at.timeUnixUs) / 1000);
  const style = settled.outcome === HoldOutcome.APPROVED ? 'green' : 'red';
  return [
    `hold ${created.holdId}: `,
    { text: word, style },
    ` after ${waited}`,
    reviewers.length === 0 ? '' : `: ${reviewers.join(', ')}`,
  ];
}

function endSpans({ finished }: StatementItem): Span[] {
  if (finished === undefined) return [{ text: 'no end is recorded', style: 'red' }];
  const { outcome, status, rows, durationUs, masks } = finished;
  const word = enumWords(StatementOutcomeSchema, outcome);
  const masked = masks.map(({ what, strategy, values }) => `${what} ${strategy} ×${values}`);
  const facts = [
    status,
    rows > 0n ? `${rows} ${rows === 1n ? 'row' : 'rows'}` : '',
    outcome === StatementOutcome.REFUSED ? '' : formatDuration(Number(durationUs) / 1000),
    masked.length === 0 ? '' : `masked ${masked.join(', ')}`,
  ];
  return [
    { text: word, style: outcome === StatementOutcome.COMPLETED ? 'dim' : 'red' },
    {
      text: facts
        .filter((fact) => fact !== '')
        .map((fact) => ` · ${fact}`)
        .join(''),
      style: 'dim',
    },
  ];
}

/** Time since the session began: "+00:01.234", "+1:02:03.456". */
function offsetOf(us: number): string {
  const ms = Math.max(0, Math.round(us / 1000));
  const iso = new Date(ms).toISOString().slice(11, 23);
  return `+${ms < 3_600_000 ? iso.slice(3) : iso}`;
}
