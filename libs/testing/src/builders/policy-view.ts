import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { PolicyMode, PolicyViewSchema, type PolicyView, type RuleSchema } from '@sallyport/contracts/policy';

/** A view of one enforced policy with these rules. */
export function buildPolicyView(
  rules: readonly MessageInitShape<typeof RuleSchema>[] = [],
  over: MessageInitShape<typeof PolicyViewSchema> = {},
): PolicyView {
  return create(PolicyViewSchema, {
    revision: 'revision-1',
    policies: [{ name: 'test-policy', mode: PolicyMode.ENFORCE, rules: [...rules] }],
    ...over,
  });
}
