export type {
  ColumnMatcher,
  CompiledView,
  Effect,
  EffectObject,
  PolicyContext,
  PolicyDecision,
  StatementInput,
} from './model.ts';
export type { Policy, TargetSelector } from './manifest/policy.ts';
export { compileView } from './decide/compile-view.ts';
export { DEFAULT_HOLD_TIMEOUT_MS } from './decide/compiled-rule.ts';
export {
  appliesTo,
  buildPolicyView,
  opensTarget,
  type Sha256,
  type ViewScope,
} from './view/build-policy-view.ts';
export { ANY_USER, matchesSubject } from './view/subject.ts';
export { selectsTarget } from './view/target-selector.ts';
export { sha256 } from './view/sha256.ts';
export { MASK_STRATEGIES, DETECTOR_NAMES } from './manifest/vocabulary.ts';
export { parsePolicies, readPolicy, POLICY_KIND, type ParsedPolicies } from './manifest/parse-policies.ts';
export {
  API_VERSION,
  MAX_DOCUMENTS,
  MAX_MANIFEST_LENGTH,
  nameProblem,
  readManifest,
  type Manifest,
  type ManifestFile,
} from './manifest/read-manifest.ts';
export type { Check, ListOptions, ManifestMap, NumberOptions, TextOptions } from './manifest/manifest-map.ts';
export { readSubject } from './manifest/read-subject.ts';
export { formatDuration, parseDuration } from './quantity/duration.ts';
export { parseSize } from './quantity/size.ts';
export { PatternColumns } from './pattern/column-matcher.ts';
