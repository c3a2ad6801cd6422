import type { ManifestProblem } from '@sallyport/contracts/admin';
import { PolicyMode, type Rule } from '@sallyport/contracts/policy';
import type { ManifestMap } from './manifest-map.ts';
import type { Policy, TargetSelector } from './policy.ts';
import { readManifest, type Manifest } from './read-manifest.ts';
import { readRule } from './read-rule.ts';
import { readSubject } from './read-subject.ts';

export const POLICY_KIND = 'Policy';
const MAX_RULES = 200;
const MODES = { enforce: PolicyMode.ENFORCE, shadow: PolicyMode.SHADOW } as const;

export interface ParsedPolicies {
  /** Empty where there is any problem: a manifest is taken as a whole or not at all. */
  readonly policies: readonly Policy[];
  readonly problems: readonly ManifestProblem[];
}

/** Parses and checks a manifest that holds policies only. */
export function parsePolicies(text: string): ParsedPolicies {
  const file = readManifest(text, [POLICY_KIND]);
  const policies = file.manifests.map(readPolicy);
  const problems = file.problems();
  return { policies: problems.length === 0 ? policies : [], problems };
}

/**
 * Reads one Policy. What is wrong with it goes to the problems of its file;
 * use the result only if there are none.
 */
export function readPolicy(manifest: Manifest): Policy {
  const spec = manifest.readSpec((map) => ({
    mode: MODES[map.choice('mode', ['enforce', 'shadow']) ?? 'enforce'],
    subjects: map.maps('subjects', readSubject, { required: true }),
    targets: map.map('targets', readTargetSelector, { required: true }) ?? { names: [], matchLabels: {} },
    rules: readRules(map),
  }));
  return {
    name: manifest.name,
    description: manifest.description,
    mode: PolicyMode.ENFORCE,
    subjects: [],
    targets: { names: [], matchLabels: {} },
    rules: [],
    ...spec,
  };
}

function readTargetSelector(map: ManifestMap): TargetSelector {
  const names = map.texts('names');
  const matchLabels = map.textMap('matchLabels');
  if (names.length === 0 && Object.keys(matchLabels).length === 0) {
    map.problem(undefined, 'say which targets with names or matchLabels; names: ["*"] is every target');
  }
  return { names, matchLabels };
}

function readRules(map: ManifestMap): readonly Rule[] {
  const seen = new Set<string>();
  return map.maps(
    'rules',
    (ruleMap) => {
      const rule = readRule(ruleMap);
      if (seen.has(rule.name)) ruleMap.problem('name', `there is another rule called "${rule.name}"`);
      if (rule.name !== '') seen.add(rule.name);
      return rule;
    },
    { required: true, maxItems: MAX_RULES },
  );
}
