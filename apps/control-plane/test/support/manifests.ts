/** Manifests that tests apply; each test uses names of its own, so that tests share a control plane. */

export interface TargetParts {
  readonly protocol?: string;
  readonly host?: string;
  readonly credential?: string;
  readonly labels?: string;
  readonly tls?: string;
}

export function targetManifest(name: string, parts: TargetParts = {}): string {
  const {
    protocol = 'postgres',
    host = '10.0.0.5',
    credential = '{ username: app, passwordEnv: SALLYPORT_TARGET_SHOP }',
    labels = '{}',
    tls = '{ mode: disable }',
  } = parts;
  return `
apiVersion: sallyport.dev/v1
kind: Target
metadata: { name: ${name}, labels: ${labels} }
spec:
  protocol: ${protocol}
  address: { host: ${host}, port: 5432 }
  tls: ${tls}
  credential: ${credential}
  parameters: { database: shop }
`;
}

export interface SshTargetParts {
  /** A line of a .pub file. */
  readonly hostKey: string;
  readonly credential?: string;
  /** "logins: [a, b]". */
  readonly logins?: string;
}

export function sshTargetManifest(name: string, parts: SshTargetParts): string {
  const {
    hostKey,
    credential = '{ username: deploy, passwordEnv: SALLYPORT_TARGET_SHOP }',
    logins = '',
  } = parts;
  return `
apiVersion: sallyport.dev/v1
kind: Target
metadata: { name: ${name} }
spec:
  protocol: ssh
  address: { host: 10.0.0.9 }
  credential: ${credential}
  ssh:
    hostKeys: ['${hostKey}']
    ${logins}
`;
}

/** A policy of a group on a target, with these rules. */
export function policyManifest(name: string, group: string, target: string, rules: string): string {
  return `
apiVersion: sallyport.dev/v1
kind: Policy
metadata: { name: ${name} }
spec:
  subjects: [{ group: ${group} }]
  targets: { names: [${target}] }
  rules: [${rules}]
`;
}

export const READS = '{ name: reads, allow: { actions: [sql.read] } }';

export function holdRule(approverGroup: string, extra = ''): string {
  return `{ name: changes, hold: { actions: [sql.delete], approvers: [{ group: ${approverGroup} }], timeout: 30s${extra} } }`;
}
