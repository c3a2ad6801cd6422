import { Outcome, type Decision, type MaskObligation } from '@sallyport/contracts/access';
import { AccessError } from '@sallyport/errors';
import { isDetectorName } from '@sallyport/masking';

/**
 * Programs, whose output is masked; variables and what else has no output;
 * files, of which the channel refuses what could be read (`check-read.ts`).
 */
const MASKED_KINDS: ReadonlySet<string> = new Set([
  'ssh.exec',
  'ssh.shell',
  'ssh.shell.line',
  'ssh.env',
  'ssh.agent',
  'ssh.x11',
  'ssh.sftp',
  'ssh.scp',
]);

/** The masks of a decision that mean something here: output has no columns, so only those by detector do. */
export function detectsOf({ obligations }: Decision): readonly MaskObligation[] {
  return obligations?.masks.filter(({ detectors }) => detectors.length > 0) ?? [];
}

/** Why an answer cannot be masked as it must be; null: it can, or need not. */
export function checkMasks(kind: string, decision: Decision): AccessError | null {
  if (decision.outcome === Outcome.DENY) return null;
  const masks = detectsOf(decision);
  const mask = MASKED_KINDS.has(kind)
    ? masks.find(({ detectors }) => !detectors.every(isDetectorName))
    : masks[0];
  if (mask === undefined) return null;
  const why = MASKED_KINDS.has(kind)
    ? 'names a detector that this version does not know'
    : 'masks what it finds, which is not done with this kind of output';
  return new AccessError('masking_not_possible', `Rule "${mask.rule}" ${why}.`, {
    policy: mask.policy,
    rule: mask.rule,
  });
}
