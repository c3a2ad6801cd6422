import { byteSize, existingFile, port } from '@sallyport/service-kit';
import * as z from 'zod';

const KIB = 1024;
const MIB = 1024 * KIB;
const SECOND = 1000;
const HOUR = 3600 * SECOND;

const milliseconds = (description: string, defaultMs: number) =>
  z.int().min(0).default(defaultMs).describe(`${description} Milliseconds.`);

const listen = z.strictObject({
  host: z.string().default('127.0.0.1').describe('Address to listen on.'),
  port: port().default(10_022).describe('Port for SSH clients.'),
});

const hostKey = z.strictObject({
  file: z
    .string()
    .optional()
    .describe(
      "The door's Ed25519 key, PEM; made at the first start. Default: host-key.pem beside its certificate.",
    ),
  names: z
    .array(z.string())
    .default([])
    .describe('Host names in its certificate, of those that are configured; none: all of those.'),
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
  maxUnauthenticated: z.int().min(1).default(200).describe('Connections at one time that are not logged in.'),
  maxUnauthenticatedPerAddress: z
    .int()
    .min(1)
    .default(100)
    .describe('Connections of one client address at one time that are not logged in.'),
  handshakeTimeoutMs: milliseconds('Time a client has for the key exchange.', 15 * SECOND),
  loginTimeoutMs: milliseconds('Time a client has after it until it is logged in.', 120 * SECOND),
  maxAuthTries: z.int().min(1).default(6).describe('Credentials that one connection may try.'),
  connectTimeoutMs: milliseconds('Time a target has until the session with it is open.', 10 * SECOND),
  idleTimeoutMs: milliseconds('A session in which nothing happens ends after it. 0: never.', 0),
  maxChannels: z.int().min(1).default(64).describe('Channels of one connection at one time.'),
  maxCommandBytes: byteSize()
    .default(256 * KIB)
    .describe('Longest command; longer ones are refused.'),
  fileCaptureBytes: byteSize()
    .default(MIB)
    .describe('What is recorded of the beginning of each file that is read or written; all of it is hashed.'),
  windowBytes: byteSize()
    .default(2 * MIB)
    .describe('Bytes of one channel that may wait for a slow client or target, each.'),
});

const transport = z.strictObject({
  rekeyBytes: byteSize()
    .default(KIB * MIB)
    .describe('Bytes after which keys are exchanged again.'),
  rekeyIntervalMs: milliseconds('Time after which keys are exchanged again.', HOUR),
  keepaliveIntervalMs: milliseconds(
    'Peers that are silent for so long are asked whether they are there. 0: never.',
    30 * SECOND,
  ),
  keepaliveCountMax: z
    .int()
    .min(1)
    .default(3)
    .describe('Unanswered questions after which a peer counts as gone.'),
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
  port: port().default(10_023).describe('Port of /healthz, /readyz and /metrics.'),
});

/** Everything that can be set, with its default; unknown keys stop the start. */
export const configSchema = z.strictObject({
  componentId: z
    .string()
    .min(1)
    .default('proxy-ssh-0')
    .describe('Unique among components, the same after a restart.'),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('What is logged.'),
  listen: listen.prefault({}),
  hostKey: hostKey.prefault({}),
  controlPlane,
  spool,
  nats: nats.prefault({}),
  limits: limits.prefault({}),
  masking: masking.prefault({}),
  transport: transport.prefault({}),
  ops: ops.prefault({}),
  drainTimeoutMs: milliseconds('Time that sessions have to end when the service stops.', 30 * SECOND),
});

export type Config = z.output<typeof configSchema>;
