import { byteSize, existingFile, port } from '@sallyport/service-kit';
import * as z from 'zod';

const MIB = 1024 * 1024;

const recordings = z.strictObject({
  directory: z
    .string()
    .min(1)
    .describe(
      'Where recordings are kept. Recorders that stand in for each other share it; so does a control plane that serves them.',
    ),
  maxOpenFiles: z.int().min(16).default(4096).describe('Recordings kept open for writing.'),
  maxEarlyBytes: byteSize()
    .default(64 * MIB)
    .describe(
      'Memory for events that arrived before those that precede them; what is beyond comes again later.',
    ),
});

const nats = z.strictObject({
  servers: z
    .array(z.string())
    .min(1)
    .default(['nats://127.0.0.1:4222'])
    .describe('NATS servers with JetStream.'),
  tokenFile: existingFile().optional().describe('Token for NATS, read at each connect.'),
  credentialsFile: existingFile().optional().describe('NATS credentials (JWT and nkey).'),
  caFile: existingFile().optional().describe('CA of the NATS servers, for tls:// addresses.'),
  replicas: z
    .int()
    .min(1)
    .max(5)
    .default(1)
    .describe('Copies of the event stream, where this recorder makes it: 1, 3 or 5.'),
  streamMaxBytes: byteSize()
    .optional()
    .describe(
      'Bytes the event stream may hold, where this recorder makes it; then proxies keep what follows.',
    ),
});

const controlPlane = z.strictObject({
  address: z.string().default('127.0.0.1:8401').describe('host:port of the data-plane gRPC.'),
  stateDirectory: z.string().min(1).describe("Keeps this component's key and certificate."),
  joinTokenFile: z.string().optional().describe('One-time token and CA fingerprint, for the first join.'),
});

const ops = z.strictObject({
  host: z.string().default('127.0.0.1').describe('Address of /healthz, /readyz and /metrics.'),
  port: port().default(8403).describe('Port of /healthz, /readyz and /metrics.'),
});

/** Everything that can be set, with its default; unknown keys stop the start. */
export const configSchema = z.strictObject({
  componentId: z
    .string()
    .min(1)
    .default('recorder-0')
    .describe('Unique among components, the same after a restart.'),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('What is logged.'),
  recordings,
  nats: nats.prefault({}),
  controlPlane,
  leaseMs: z
    .int()
    .min(1000)
    .default(10_000)
    .describe('A recorder silent for so long is stood in for. Milliseconds.'),
  lostSessionsPollMs: z
    .int()
    .min(100)
    .default(5000)
    .describe('How often lost sessions are asked for. Milliseconds.'),
  ops: ops.prefault({}),
  drainTimeoutMs: z
    .int()
    .min(0)
    .default(10_000)
    .describe('Time to finish what was taken when the service stops. Milliseconds.'),
});

export type Config = z.output<typeof configSchema>;
