import type { AccessErrorCode } from '@sallyport/errors';
import {
  PrincipalKind,
  type HoldRequirement,
  type Subject,
  type Uncovered,
} from '@sallyport/contracts/access';
import { durationMs } from '@bufbuild/protobuf/wkt';
import { principalKindWord } from '../condition/context.ts';
import { formatDuration } from '../quantity/duration.ts';
import type { EffectRule } from './compiled-rule.ts';
import type { Hit } from './decision-run.ts';

const MAX_NAMED = 3;
const MAX_NAME_LENGTH = 120;
const CONTROL = /\p{Cc}+/gu;

/** "sql.delete on public.orders"; names come from callers, so they are cut and lose control characters. */
function describe(action: string, object: string): string {
  const clean = object.replace(CONTROL, ' ');
  const name = clean.length > MAX_NAME_LENGTH ? `${clean.slice(0, MAX_NAME_LENGTH)}...` : clean;
  return name === '' ? action : `${action} on ${name}`;
}

function ruleName({ policy, rule }: EffectRule): string {
  return `rule "${rule}" of policy "${policy}"`;
}

/** An author's text as a sentence of its own. */
function sentence(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return '';
  return ` ${trimmed}${/[.!?]$/.test(trimmed) ? '' : '.'}`;
}

/** Says that a rule counts because its condition has no answer. */
export function unansweredSentence(reason: string): string {
  return reason === '' ? '' : ` Its condition could not be evaluated: ${reason}.`;
}

export function denyMessage(hits: readonly Hit[]): string {
  const [first, ...others] = hits;
  if (first === undefined) return 'A rule denies this.';
  const verb = others.length === 1 ? 'rule denies' : 'rules deny';
  const more = others.length === 0 ? '' : ` ${others.length} more ${verb} it.`;
  return (
    `${describe(first.action, first.object)} is denied by ${ruleName(first.rule)}.` +
    `${sentence(first.rule.message)}${unansweredSentence(first.unanswered)}${more}`
  );
}

export function notCoveredMessage(
  code: AccessErrorCode,
  uncovered: readonly Uncovered[],
  isCut: boolean,
): string {
  const named = uncovered.slice(0, MAX_NAMED).map(({ action, object }) => describe(action, object));
  const rest = uncovered.length - named.length;
  const more =
    rest === 0 ? '' : ` and ${isCut ? 'more than ' : ''}${rest} ${rest === 1 ? 'other' : 'others'}`;
  const what = `${named.join(', ')}${more}`;
  switch (code) {
    case 'outside_token_scope':
      return `The token does not cover ${what}.`;
    case 'statement_not_understood':
      return `It cannot be told what this would do, and no rule allows ${what}.`;
    default:
      return `No rule allows ${what}.`;
  }
}

export const NO_EFFECTS_MESSAGE = 'It cannot be told what this would do.';

export function holdMessage(hits: readonly Hit[], requirement: HoldRequirement): string {
  const [first] = hits;
  if (first === undefined) return 'This waits for approval.';
  const approvals = requirement.approverGroups
    .map(({ count, anyOf }) => `${count} of ${anyOf.map(describeSubject).join(' or ')}`)
    .join(' and ');
  const timeout =
    requirement.timeout === undefined ? '' : ` within ${formatDuration(durationMs(requirement.timeout))}`;
  return (
    `${describe(first.action, first.object)} waits for approval by ${approvals}${timeout}` +
    ` (${ruleName(first.rule)}).${sentence(first.rule.message)}${unansweredSentence(first.unanswered)}`
  );
}

function describeSubject({ user, group, kind, issuer, claim }: Subject): string {
  const words = [
    user === '*' ? 'anyone' : user,
    group === '' ? '' : `group ${group}`,
    kind === PrincipalKind.UNSPECIFIED ? '' : `kind ${principalKindWord(kind)}`,
    issuer === '' ? '' : `issuer ${issuer}`,
    claim === '' ? '' : `claim ${claim}`,
  ];
  return words.filter((word) => word !== '').join(' with ');
}
