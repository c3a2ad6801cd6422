import { create } from '@bufbuild/protobuf';
import { TargetSchema } from '@sallyport/contracts/access';
import * as z from 'zod';
import { privateKeyProblem } from '../../ssh/private-key-problem.ts';
import { readPublicKeyText } from '../../ssh/public-key-text.ts';
import {
  givenTwice,
  isGivenOnce,
  passwordFields,
  privateKeyFields,
  type SecretSource,
} from '../secret-source.ts';
import { host, port } from '../target-fields.ts';
import type { TargetCredential, TargetMetadata, TargetReading } from '../target.ts';

const DEFAULT_PORT = 22;
const MAX_KEYS = 50;
const MAX_LOGINS = 100;

/** An account on the host: what OpenSSH and useradd take, and nothing that could be taken for an option or for LOGIN@TARGET. */
const login = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}\$?$/, 'must be the name of an account, such as "deploy"');

const publicKey = z.string().transform((text, context) => {
  const key = readPublicKeyText(text);
  if (key.ok) return key.line;
  context.addIssue(key.reason);
  return z.NEVER;
});

/** Where it also looks for what the rest of the object has wrong with it: all problems are told at once. */
const always = { when: () => true } as const;

const NO_TRUST =
  'needs hostKeys or hostCertificateAuthorities: a host is never trusted at first sight. Get its keys with ' +
  '"ssh-keyscan -p PORT HOST", and compare what "ssh-keygen -lf -" says of them with ' +
  '"ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub" run on the host itself';

const trustAndLogins = z
  .strictObject({
    /** Accounts that callers may name. */
    logins: z.array(login).min(1).max(MAX_LOGINS).optional(),
    hostKeys: z.array(publicKey).max(MAX_KEYS).default([]),
    hostCertificateAuthorities: z.array(publicKey).max(MAX_KEYS).default([]),
  })
  .refine((value) => !isEmpty(value, 'hostKeys') || !isEmpty(value, 'hostCertificateAuthorities'), {
    error: NO_TRUST,
    ...always,
  });

function isEmpty(value: object, key: string): boolean {
  const list: unknown = Reflect.get(value, key);
  return !Array.isArray(list) || list.length === 0;
}

const credential = z
  .strictObject({
    username: login,
    /** Need be said only where no secret is given, because the one that is stored stays. */
    type: z.enum(['password', 'privateKey', 'certificate']).optional(),
    ...passwordFields,
    ...privateKeyFields,
    /** The host trusts the CA for targets: a certificate is made for each session. */
    certificate: z.strictObject({}).optional(),
  })
  .refine((value) => isGivenOnce('password', value), { error: givenTwice('password'), ...always })
  .refine((value) => isGivenOnce('privateKey', value), { error: givenTwice('privateKey'), ...always })
  .refine((value) => kindsOf(value).size <= 1, {
    error: 'give one of a password, a private key and certificate, and no other type',
    ...always,
  });

type Credential = z.output<typeof credential>;

/** The kinds of credential that are named, in whatever way. */
function kindsOf(value: object): ReadonlySet<string> {
  const entries = Object.entries(value).filter(([, given]) => given !== undefined);
  const kinds = entries.map(([key, given]): unknown =>
    key === 'type' ? given : /^(password|privateKey|certificate)/.exec(key)?.[1],
  );
  return new Set(kinds.filter((kind) => typeof kind === 'string'));
}

function kindOf(given: Credential): TargetCredential['kind'] {
  const [kind = 'password'] = kindsOf(given);
  return kind === 'privateKey' || kind === 'certificate' ? kind : 'password';
}

/** A Target of protocol ssh. */
export const sshTargetSpec = z
  .strictObject({
    protocol: z.literal('ssh'),
    address: z.strictObject({ host, port: port.default(DEFAULT_PORT) }),
    credential,
    ssh: trustAndLogins.prefault({}),
  })
  .refine(({ credential: { username }, ssh: { logins } }) => logins?.includes(username) ?? true, {
    path: ['ssh', 'logins'],
    error: 'must have the user name of the credential, which is the default',
  });

type SshSpec = z.output<typeof sshTargetSpec>;

export function readSshTarget({ name, labels }: TargetMetadata, spec: SshSpec): TargetReading {
  const { address, credential: given, ssh } = spec;
  const kind = kindOf(given);
  const { username } = given;
  const { hostKeys, hostCertificateAuthorities } = ssh;
  const others = (ssh.logins ?? []).filter((other) => other !== username);
  return {
    definition: {
      target: create(TargetSchema, { name, protocol: spec.protocol, labels }),
      place: { ...address, sshHostTrust: { hostKeys, hostCertificateAuthorities } },
      credential: { kind, username },
      logins: [username, ...others],
    },
    shownSpec: { ...spec, credential: shownCredential(given, kind) },
    secret: secretOf(given, kind),
    destination: destinationOf(spec, kind),
  };
}

function shownCredential(given: Credential, type: TargetCredential['kind']): object {
  return {
    ...given,
    ...(type === 'certificate' ? {} : { type }),
    password: undefined,
    privateKey: undefined,
  };
}

function secretOf(given: Credential, kind: TargetCredential['kind']): SecretSource | undefined {
  switch (kind) {
    case 'password':
      return { field: kind, inline: given.password, file: given.passwordFile, env: given.passwordEnv };
    case 'privateKey':
      return {
        field: kind,
        inline: given.privateKey,
        file: given.privateKeyFile,
        env: given.privateKeyEnv,
        problemOf: privateKeyProblem,
      };
    case 'certificate':
      return undefined;
  }
}

/** Fewer keys to trust send a secret nowhere new, but neither is that worth a rule of its own. */
function destinationOf({ address, credential: given, ssh }: SshSpec, kind: string): string {
  const trust = [ssh.hostKeys, ssh.hostCertificateAuthorities].map((keys) => [...keys].sort());
  const accounts = [given.username, ...[...(ssh.logins ?? [])].sort()];
  return JSON.stringify(['ssh', address.host, address.port, kind, accounts, trust]);
}
