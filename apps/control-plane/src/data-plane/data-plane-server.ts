import {
  DecisionService,
  DeviceLoginService,
  HoldService,
  JoinService,
  RecordingIndexService,
  SessionService,
  SshService,
} from '@sallyport/contracts/dataplane';
import { AccessError } from '@sallyport/errors';
import { addService, startGrpcServer, type CallErrorListener, type GrpcServer } from '@sallyport/service-kit';
import type { ControlPlaneMetrics } from '../metrics.ts';
import type { CertificateAuthority } from '../pki/certificate-authority.ts';
import { createDecisionService } from './decision-service.ts';
import { createDeviceLoginService } from './device-login-service.ts';
import { createHoldService, type HoldServiceOptions } from './hold-service.ts';
import { createJoinService, type JoinServiceOptions } from './join-service.ts';
import { createRecordingIndexService, type RecordingIndexServiceOptions } from './recording-index-service.ts';
import { createSessionService, type SessionServiceOptions } from './session-service.ts';
import { createSshService, type SshServiceOptions } from './ssh-service.ts';
import type { DeviceLoginOptions } from '../device-login/log-in.ts';

export interface DataPlaneServerOptions
  extends
    SessionServiceOptions,
    JoinServiceOptions,
    HoldServiceOptions,
    RecordingIndexServiceOptions,
    SshServiceOptions,
    DeviceLoginOptions {
  readonly host: string;
  readonly port: number;
  readonly serverNames: readonly string[];
  readonly authority: CertificateAuthority;
  readonly metrics: ControlPlaneMetrics;
}

/** What components check for; see CONTROL_PLANE_SERVER_NAME in libs/control-plane-client. */
const SERVER_NAME = 'control-plane.sallyport.internal';
const SERVER_CERTIFICATE_LIFETIME_MS = 365 * 86_400_000;

/** The gRPC services of proxies and recorders. The server's key lives in memory only: a new one each start. */
export async function startDataPlaneServer(options: DataPlaneServerOptions): Promise<GrpcServer> {
  const { authority, now } = options;
  const server = await authority.issueServer(
    [SERVER_NAME, ...options.serverNames],
    SERVER_CERTIFICATE_LIFETIME_MS,
    now(),
  );
  const onError = callErrorLogger(options);
  return startGrpcServer({
    host: options.host,
    port: options.port,
    tls: {
      certificateChainPem: server.chainPem,
      privateKeyPem: server.privateKeyPem,
      clientCaPem: authority.pem,
      // A component that joins has no certificate yet; every other method asks for it itself.
      clientCertificate: 'optional',
    },
    register: (grpc) => {
      addService(grpc, JoinService, createJoinService(options), onError);
      addService(grpc, SessionService, createSessionService(options), onError);
      addService(grpc, DecisionService, createDecisionService(options), onError);
      addService(grpc, HoldService, createHoldService(options), onError);
      addService(grpc, RecordingIndexService, createRecordingIndexService(options), onError);
      addService(grpc, SshService, createSshService(options), onError);
      addService(grpc, DeviceLoginService, createDeviceLoginService(options), onError);
    },
  });
}

function callErrorLogger({ logger, metrics }: DataPlaneServerOptions): CallErrorListener {
  return (error, method) => {
    metrics.refused(method, error instanceof AccessError ? error.code : 'internal');
    if (error instanceof AccessError) logger.info('data-plane request refused', { method, code: error.code });
    else logger.error('data-plane request failed', { method, error });
  };
}
