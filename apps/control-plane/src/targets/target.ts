import { create } from '@bufbuild/protobuf';
import { TargetSchema, type Target } from '@sallyport/contracts/access';
import { UpstreamTlsMode } from '@sallyport/contracts/dataplane';
import * as z from 'zod';
import { manifestSchema } from '../resources/metadata.ts';

/** A target as defined; its password is not in here (see target-secret.ts). */
export interface TargetDefinition {
  readonly target: Target;
  readonly host: string;
  readonly port: number;
  readonly tls: { readonly mode: UpstreamTlsMode; readonly caPem: string; readonly serverName: string };
  /** Undefined: the target asks for no credential. */
  readonly username: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
}

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

/** The password comes in the manifest once, or from where the control plane can read it; at most one of the three. */
const credential = z
  .strictObject({
    username: z.string().min(1).max(255),
    password: z.string().min(1).max(4096).optional(),
    passwordFile: z.string().min(1).optional(),
    passwordEnv: z.string().min(1).optional(),
  })
  .refine(
    ({ password, passwordFile, passwordEnv }) =>
      [password, passwordFile, passwordEnv].filter((value) => value !== undefined).length <= 1,
    'give at most one of password, passwordFile and passwordEnv',
  );

export const targetManifest = manifestSchema(
  'Target',
  z.strictObject({
    protocol: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be the name of a protocol, such as postgres'),
    address: z.strictObject({ host: z.string().min(1).max(253), port: z.int().min(1).max(65_535) }),
    tls: tls.prefault({}),
    credential: credential.optional(),
    parameters: z.record(z.string().min(1), z.string()).default({}),
  }),
);

export type TargetManifest = z.output<typeof targetManifest>;

export function toTarget({ metadata, spec }: TargetManifest): TargetDefinition {
  return {
    target: create(TargetSchema, { name: metadata.name, protocol: spec.protocol, labels: metadata.labels }),
    host: spec.address.host,
    port: spec.address.port,
    tls: { mode: TLS_MODES[spec.tls.mode], caPem: spec.tls.caPem, serverName: spec.tls.serverName },
    username: spec.credential?.username,
    parameters: spec.parameters,
  };
}
