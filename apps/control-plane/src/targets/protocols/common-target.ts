import { create } from '@bufbuild/protobuf';
import { TargetSchema } from '@sallyport/contracts/access';
import { UpstreamTlsMode } from '@sallyport/contracts/dataplane';
import * as z from 'zod';
import { givenTwice, isGivenOnce, passwordFields, type SecretSource } from '../secret-source.ts';
import { host, port, protocolName, username } from '../target-fields.ts';
import type { TargetMetadata, TargetReading } from '../target.ts';

const TLS_MODES = {
  disable: UpstreamTlsMode.DISABLE,
  require: UpstreamTlsMode.REQUIRE,
  'verify-ca': UpstreamTlsMode.VERIFY_CA,
  'verify-full': UpstreamTlsMode.VERIFY_FULL,
} as const;

const tls = z.strictObject({
  mode: z.enum(['disable', 'require', 'verify-ca', 'verify-full']).default('verify-full'),
  caPem: z.string().default(''),
  serverName: z.string().default(''),
});

const credential = z
  .strictObject({ username, ...passwordFields })
  .refine((value) => isGivenOnce('password', value), givenTwice('password'));

/** A Target of any protocol that has nothing of its own: an address behind TLS, a password, and parameters. */
export const commonTargetSpec = z.strictObject({
  protocol: protocolName,
  address: z.strictObject({ host, port }),
  tls: tls.prefault({}),
  credential: credential.optional(),
  parameters: z.record(z.string().min(1), z.string()).default({}),
});

type CommonSpec = z.output<typeof commonTargetSpec>;

export function readCommonTarget({ name, labels }: TargetMetadata, spec: CommonSpec): TargetReading {
  const { protocol, address, credential: given, parameters } = spec;
  return {
    definition: {
      target: create(TargetSchema, { name, protocol, labels }),
      place: { ...address, tls: { ...spec.tls, mode: TLS_MODES[spec.tls.mode] }, parameters },
      credential: given && { kind: 'password', username: given.username },
      logins: [],
    },
    shownSpec: { ...spec, credential: given && { ...given, password: undefined } },
    secret: given && secretOf(given),
    destination: destinationOf(spec),
  };
}

function secretOf(given: z.output<typeof credential>): SecretSource {
  return { field: 'password', inline: given.password, file: given.passwordFile, env: given.passwordEnv };
}

function destinationOf({ protocol, address, tls: security, credential: given, parameters }: CommonSpec) {
  const { mode, caPem, serverName } = security;
  const place = [protocol, address.host, address.port, mode, caPem, serverName];
  return JSON.stringify([...place, given?.username, Object.entries(parameters).sort()]);
}
