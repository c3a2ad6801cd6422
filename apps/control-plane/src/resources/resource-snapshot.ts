import type { Policy } from '@sallyport/policy-sdk';
import type { Issuer } from '../identity/issuer.ts';
import type { Role } from '../identity/role.ts';
import type { TargetDefinition } from '../targets/target.ts';
import type { ParsedResource } from './resource-kind.ts';

/** All declarative objects at one revision. Immutable; holds no secret. */
export interface ResourceSnapshot {
  /** Count of the "resources" topic that it was read at. */
  readonly revision: bigint;
  readonly issuers: ReadonlyMap<string, Issuer>;
  readonly targets: ReadonlyMap<string, TargetDefinition>;
  readonly policies: readonly Policy[];
  readonly roles: readonly Role[];
}

export function buildSnapshot(revision: bigint, resources: readonly ParsedResource[]): ResourceSnapshot {
  const issuers = new Map<string, Issuer>();
  const targets = new Map<string, TargetDefinition>();
  const policies: Policy[] = [];
  const roles: Role[] = [];
  for (const resource of resources) {
    switch (resource.kind) {
      case 'Issuer':
        issuers.set(resource.issuer.name, resource.issuer);
        break;
      case 'Policy':
        policies.push(resource.policy);
        break;
      case 'Role':
        roles.push(resource.role);
        break;
      case 'Target':
        targets.set(resource.target.definition.target.name, resource.target.definition);
        break;
    }
  }
  return { revision, issuers, targets, policies, roles };
}
