import type { Target } from '@sallyport/contracts/access';
import type { TargetSelector } from '../manifest/policy.ts';
import { Glob } from '../pattern/glob.ts';

/** Whether a target is one that the selector means: its name is listed, and it carries every label. */
export function selectsTarget(selector: TargetSelector, target: Target): boolean {
  const { names, matchLabels } = selector;
  if (names.length > 0 && !names.some((name) => new Glob(name).matches(target.name))) return false;
  return Object.entries(matchLabels).every(
    ([label, value]) => Object.hasOwn(target.labels, label) && target.labels[label] === value,
  );
}
