import type { Subject } from '@sallyport/contracts/access';
import type { PolicyMode, Rule } from '@sallyport/contracts/policy';

/** Which targets a policy is about. All that is set must hold. */
export interface TargetSelector {
  /** Names or globs; empty: any name. */
  readonly names: readonly string[];
  /** Labels that the target must carry, compared exactly; empty: any labels. */
  readonly matchLabels: Readonly<Record<string, string>>;
}

/** One Policy manifest, checked. */
export interface Policy {
  readonly name: string;
  readonly description: string;
  readonly mode: PolicyMode;
  /** Who it is about: whoever matches any of these. Never empty. */
  readonly subjects: readonly Subject[];
  readonly targets: TargetSelector;
  readonly rules: readonly Rule[];
}
