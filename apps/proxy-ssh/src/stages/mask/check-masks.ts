import { Outcome, type Decision } from '@sallyport/contracts/access';
import { AccessError } from '@sallyport/errors';

/** Why an answer cannot be masked as it must be; null: it can, or need not. */
export function checkMasks({ outcome, obligations }: Decision): AccessError | null {
  if (outcome === Outcome.DENY) return null;
  const mask = obligations?.masks.find(({ detectors }) => detectors.length > 0);
  if (mask === undefined) return null;
  return new AccessError(
    'masking_not_possible',
    `Rule "${mask.rule}" masks what it finds, which is not done with this kind of output.`,
    { policy: mask.policy, rule: mask.rule },
  );
}
