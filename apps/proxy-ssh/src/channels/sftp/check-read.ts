import type { Decision } from '@sallyport/contracts/access';
import { AccessError } from '@sallyport/errors';
import { PatternColumns } from '@sallyport/policy-sdk';

/**
 * Why content may not go to the caller: policy masks in it, and files pass
 * unmasked. Null: nothing is masked. Columns of a mask are paths here.
 */
export function checkRead({ obligations }: Decision, paths: readonly string[]): AccessError | null {
  const mask = obligations?.masks.find(({ detectors, columns }) => {
    const masked = new PatternColumns(columns);
    return detectors.length > 0 || paths.some((path) => masked.matches(path));
  });
  if (mask === undefined) return null;
  return new AccessError(
    'masking_not_possible',
    `Rule "${mask.rule}" masks what is in it, which is not done with files.`,
    { policy: mask.policy, rule: mask.rule },
  );
}
