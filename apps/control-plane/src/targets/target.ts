import type { MessageInitShape } from '@bufbuild/protobuf';
import type { Target } from '@sallyport/contracts/access';
import type { SshHostTrustSchema, UpstreamTlsSchema } from '@sallyport/contracts/dataplane';
import type { SecretSource } from './secret-source.ts';

/** What a proxy shows to the target, by kind; the secret is not in here (see target-secret.ts). */
export interface TargetCredential {
  /** `certificate`: no secret; one is made for each session. */
  readonly kind: 'password' | 'privateKey' | 'certificate';
  readonly username: string;
}

/** Where a target is, and how it is to prove itself: an Upstream without its credential. */
export interface UpstreamPlace {
  readonly host: string;
  readonly port: number;
  readonly tls?: MessageInitShape<typeof UpstreamTlsSchema>;
  readonly parameters?: Record<string, string>;
  readonly sshHostTrust?: MessageInitShape<typeof SshHostTrustSchema>;
}

/** A target as defined; its secret is not in here. */
export interface TargetDefinition {
  readonly target: Target;
  readonly place: UpstreamPlace;
  /** Undefined: the target asks for no credential. */
  readonly credential: TargetCredential | undefined;
  /** Accounts that callers may name, the default first. Empty: the protocol has none. */
  readonly logins: readonly string[];
}

export interface TargetMetadata {
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly description: string;
}

/** What a protocol makes of a checked `spec`. */
export interface TargetReading extends Omit<ParsedTarget, 'shown'> {
  /** What is stored and shown of `spec`: all of it, but no secret. */
  readonly shownSpec: object;
}

/** A checked Target manifest. */
export interface ParsedTarget {
  readonly definition: TargetDefinition;
  /** What is stored and shown of the manifest: all of it, but no secret. */
  readonly shown: unknown;
  /** Where its secret comes from; undefined: it has none. */
  readonly secret: SecretSource | undefined;
  /** Everything that decides who receives the secret: equal only where it goes to the same place in the same way. */
  readonly destination: string;
}

/** The login that acts on the target for one that was named (empty: none was); undefined: it may not be. */
export function resolveLogin({ credential, logins }: TargetDefinition, named: string): string | undefined {
  if (named === '') return logins[0] ?? credential?.username ?? '';
  return logins.includes(named) ? named : undefined;
}
