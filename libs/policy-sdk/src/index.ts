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
