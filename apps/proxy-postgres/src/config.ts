import { byteSize, existingFile, port } from '@sallyport/service-kit';
import * as z from 'zod';

const KIB = 1024;
const MIB = 1024 * KIB;
const SECOND = 1000;

const milliseconds = (description: string, defaultMs: number) =>
  z.int().min(0).default(defaultMs).describe(`${description} Milliseconds.`);

const listen = z
  .strictObject({
    host: z.string().default('127.0.0.1').describe('Address to listen on.'),
    port: port().default(15_432).describe('Port for PostgreSQL clients.'),
  })
  .prefault({});

const tls = z
  .strictObject({
    certificateFile: existingFile()
      .optional()
      .describe('Certificate chain, PEM. Without it only loopback clients are taken.'),
    privateKeyFile: existingFile().optional().describe('Private key of the certificate, PEM.'),
    allowPlaintextFromAnywhere: z
      .boolean()
      .default(false)
      .describe('Exception, closed by default: takes tokens without TLS from other machines too.'),
  })
  .prefault({})
  .refine((value) => (value.certificateFile === undefined) === (value.privateKeyFile === undefined), {
    error: 'certificateFile and privateKeyFile belong together',
  });

const controlPlane = z.strictObject({
  address: z.string().default('127.0.0.1:8401').describe('host:port of the data-plane gRPC.'),
  stateDirectory: z.string().min(1).describe("Keeps this component's key and certificate."),
  joinTokenFile: z.string().optional().describe('One-time token and CA fingerprint, for the first join.'),
  maxStalenessMs: milliseconds('A policy view older than this is not decided with.', 5 * SECOND),
});

const spool = z.strictObject({
  directory: z.string().min(1).describe('Keeps events until JetStream has them; on a disk that lasts.'),
  maxBytes: byteSize()
    .default(4 * KIB * MIB)
    .describe('Room for events that JetStream has not taken.'),
});

const nats = z.strictObject({
  servers: z.array(z.string()).default(['nats://127.0.0.1:4222']).describe('NATS servers with JetStream.'),
  tokenFile: existingFile().optional().describe('Token for NATS, read at each connect.'),
  credentialsFile: existingFile().optional().describe('NATS credentials (JWT and nkey).'),
  caFile: existingFile().optional().describe('CA of the NATS servers, for tls:// addresses.'),
});

const limits = z.strictObject({
  maxConnections: z.int().min(1).default(2000).describe('Connections at one time.'),
  maxConnectionsPerAddress: z
    .int()
    .min(1)
    .default(1000)
    .describe('Connections of one client address at one time.'),
  handshakeTimeoutMs: milliseconds('Time a client has until it is authenticated.', 15 * SECOND),
  connectTimeoutMs: milliseconds('Time a target has until the session with it is open.', 10 * SECOND),
  idleTimeoutMs: milliseconds('A session in which nothing happens ends after it. 0: never.', 0),
  maxStatementBytes: byteSize()
    .default(16 * MIB)
    .describe('Largest message of a client; larger ones are refused.'),
  bufferBytes: byteSize().default(MIB).describe('Bytes that may wait for a slow client or target, each.'),
});

const catalog = z.strictObject({
  pollMs: milliseconds('How often the catalog of a target is looked at while it has sessions.', 2 * SECOND),
  lingerMs: milliseconds('How long a catalog is kept after the last session on it.', 60 * SECOND),
  maxAgeMs: milliseconds('A catalog that could not be looked at for this long is not used.', 15 * SECOND),
});

const masking = z.strictObject({
  keyFile: existingFile()
    .optional()
    .describe(
      'Key for hash, tokenize and fake, the same in all replicas. Without it one is made at each start.',
    ),
});

const ops = z.strictObject({
  host: z.string().default('127.0.0.1').describe('Address of /healthz, /readyz and /metrics.'),
  port: port().default(15_433).describe('Port of /healthz, /readyz and /metrics.'),
});

/** Everything that can be set, with its default; unknown keys stop the start. */
export const configSchema = z.strictObject({
  componentId: z
    .string()
    .min(1)
    .default('proxy-postgres-0')
    .describe('Unique among components, the same after a restart.'),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('What is logged.'),
  listen,
  tls,
  controlPlane,
  spool,
  nats: nats.prefault({}),
  limits: limits.prefault({}),
  catalog: catalog.prefault({}),
  masking: masking.prefault({}),
  ops: ops.prefault({}),
  drainTimeoutMs: milliseconds('Time that sessions have to end when the service stops.', 30 * SECOND),
});

export type Config = z.output<typeof configSchema>;
