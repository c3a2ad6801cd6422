import { existingFile, port } from '@sallyport/service-kit';
import * as z from 'zod';
import { isLoopbackHost } from './identity/issuer-url.ts';
import { subject } from './identity/subject.ts';

const seconds = (fallback: number, max: number) => z.int().min(1).max(max).default(fallback);

const tlsFiles = z.strictObject({
  certificateFile: existingFile().describe('PEM chain, the server certificate first.'),
  privateKeyFile: existingFile().describe('PEM private key.'),
});

const adminSettings = z
  .strictObject({
    host: z.string().min(1).default('127.0.0.1').describe('Address of the admin API and the token endpoint.'),
    port: port().default(8400),
    tls: tlsFiles.optional(),
    allowPlaintext: z
      .boolean()
      .default(false)
      .describe(
        'Serve other than loopback addresses without TLS, behind a proxy that adds it. An exception: tokens travel here.',
      ),
  })
  .refine(({ host, tls, allowPlaintext }) => tls !== undefined || allowPlaintext || isLoopbackHost(host), {
    path: ['tls'],
    error: 'is needed unless host is loopback; behind a proxy that adds TLS, set admin.allowPlaintext',
  });

const dataPlaneSettings = z.strictObject({
  host: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('Address of the gRPC services for proxies and recorders; always mTLS.'),
  port: port().default(8401),
  serverNames: z
    .array(z.string().min(1))
    .min(1)
    .default(['localhost', '127.0.0.1', '::1'])
    .describe('Further names and addresses in the server certificate; components of Sallyport need none.'),
  certificateLifetimeHours: z
    .int()
    .min(1)
    .max(2160)
    .default(24)
    .describe("Hours that a component's certificate is valid; it renews at two thirds."),
});

/** Everything that a control plane can be told. */
export const controlPlaneConfig = z.strictObject({
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  admin: adminSettings.prefault({}),
  dataPlane: dataPlaneSettings.prefault({}),
  ops: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1'),
      port: port().default(8402).describe('/healthz, /readyz and /metrics.'),
    })
    .prefault({}),
  database: z
    .strictObject({
      url: z
        .string()
        .default('')
        .describe(
          'PostgreSQL URL; DATABASE_URL where it is empty. With neither, the embedded database serves.',
        ),
      directory: z
        .string()
        .min(1)
        .default('.sallyport/control-plane')
        .describe('Directory of the embedded database.'),
      maxConnections: z.int().min(2).max(100).default(10),
    })
    .prefault({}),
  masterKey: z
    .strictObject({
      file: z
        .string()
        .min(1)
        .default('.sallyport/master.key')
        .describe('32 random bytes in base64; wraps every secret in the database.'),
      previousFiles: z
        .array(existingFile())
        .default([])
        .describe('Earlier master keys; what they wrap is wrapped anew at start.'),
      create: z
        .boolean()
        .default(false)
        .describe('Make the file if it is not there. For a first try only; keep the file safe.'),
    })
    .prefault({}),
  bootstrapAdmins: z
    .array(subject)
    .default([])
    .describe('Principals that have every admin right, beside what Roles say.'),
  bootstrapManifests: z
    .array(existingFile())
    .default([])
    .describe('Manifests applied at start, each once for each content.'),
  bootstrapJoinTokens: z
    .array(z.strictObject({ kind: z.enum(['proxy', 'recorder']), file: z.string().min(1) }))
    .default([])
    .describe('Files that receive a fresh one-time join token at each start, readable by the owner only.'),
  passwordDirectory: z
    .string()
    .min(1)
    .optional()
    .describe("Directory that a Target's passwordFile may name files in."),
  tokens: z
    .strictObject({
      defaultLifetimeSeconds: seconds(3600, 86_400),
      maxLifetimeSeconds: seconds(43_200, 7 * 86_400),
    })
    .prefault({}),
  sessions: z
    .strictObject({
      pollIntervalMs: z
        .int()
        .min(50)
        .max(1000)
        .default(400)
        .describe('How often a replica looks for changes.'),
      lostAfterSeconds: z
        .int()
        .min(3)
        .max(3600)
        .default(30)
        .describe('A proxy silent for so long has lost its sessions.'),
      sealLostAfterSeconds: seconds(30, 86_400).describe(
        'How long a lost session waits for events that its proxy still has on disk.',
      ),
    })
    .prefault({}),
  ssh: z
    .strictObject({
      hostNames: z
        .array(z.string().regex(/^[^\s,*?!\[\]|@]+$/, 'must be a host name or address'))
        .default([])
        .describe("Names that the SSH doors' host certificates carry beside that in endpoints."),
      userCertificateLifetimeSeconds: seconds(43_200, 7 * 86_400).describe(
        "The longest that a caller's certificate is valid; never longer than the token behind it.",
      ),
    })
    .prefault({}),
  holds: z
    .strictObject({
      approvalLifetimeSeconds: seconds(120, 86_400).describe('How long an approval can be used.'),
      reviewUrl: z
        .string()
        .default('')
        .describe('Where people review, with {id} for the hold; given to callers.'),
    })
    .prefault({}),
  recordings: z
    .strictObject({
      directory: z
        .string()
        .min(1)
        .optional()
        .describe('Where the recorder keeps recordings, if they are to be read here.'),
    })
    .prefault({}),
  endpoints: z
    .array(z.strictObject({ protocol: z.string().min(1), address: z.string().min(1) }))
    .default([])
    .describe('Where callers reach the proxies, by protocol: shown with the list of targets.'),
  drainTimeoutSeconds: seconds(10, 300),
});

export type ControlPlaneConfig = z.output<typeof controlPlaneConfig>;
