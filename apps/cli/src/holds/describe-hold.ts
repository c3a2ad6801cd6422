import type { Effect } from '@sallyport/contracts/access';
import { HoldStatus, HoldStatusSchema } from '@sallyport/contracts/dataplane';
import {
  PrincipalKindSchema,
  type HoldRequirement,
  type Parameter,
  type Subject,
} from '@sallyport/contracts/access';
import type { Style } from '../output/span.ts';
import { enumWords } from '../output/message-json.ts';

export function describeStatus(status: HoldStatus): { readonly text: string; readonly style: Style } {
  return { text: enumWords(HoldStatusSchema, status) || 'unknown', style: styleOf(status) };
}

function styleOf(status: HoldStatus): Style {
  if (status === HoldStatus.WAITING) return 'yellow';
  return status === HoldStatus.APPROVED || status === HoldStatus.USED ? 'green' : 'red';
}

/** "sql.delete public.orders(id, total)". */
export function describeEffect({ action, objects }: Effect): string {
  const names = objects.map(({ name, parts }) =>
    parts.length === 0 ? name : `${name}(${parts.join(', ')})`,
  );
  return [action, ...names].join(' ');
}

/** "$1 = 'Ann'"; NULL without quotes, binary values as their length. */
export function describeParameter({ name, type, value }: Parameter): string {
  const label = /^[0-9]+$/.test(name) ? `$${name}` : name;
  const typed = type === '' ? label : `${label}::${type}`;
  switch (value.case) {
    case 'text':
      return `${typed} = '${value.value}'`;
    case 'binary':
      return `${typed} = ${value.value.length} bytes of binary data`;
    case undefined:
      return `${typed} = NULL`;
  }
}

/** One line for each group of approvers that has to agree. */
export function describeRequirement(requirement: HoldRequirement | undefined): readonly string[] {
  return (requirement?.approverGroups ?? []).map(({ policy, rule, anyOf, count }) => {
    const who = anyOf.map(describeSubject).join(' or ');
    return `${Math.max(1, count)} of ${who === '' ? 'anybody' : who} (${policy}/${rule})`;
  });
}

function describeSubject({ user, group, kind, issuer, claim }: Subject): string {
  const parts = [
    user === '' ? '' : `user ${user}`,
    group === '' ? '' : `group ${group}`,
    enumWords(PrincipalKindSchema, kind),
    issuer === '' ? '' : `of ${issuer}`,
    claim === '' ? '' : `with ${claim}`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** A statement on one line. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
