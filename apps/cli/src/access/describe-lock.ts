import type { Lock } from '@sallyport/contracts/admin';

/** Whom and what a lock stops: "group contractors on target payroll". */
export function describeLock({ principalId, group, targetName }: Lock): string {
  const who = [principalId === '' ? '' : `principal ${principalId}`, group === '' ? '' : `group ${group}`]
    .filter((part) => part !== '')
    .join(' in ');
  const where = targetName === '' ? '' : `target ${targetName}`;
  if (who === '') return where;
  return where === '' ? who : `${who} on ${where}`;
}
