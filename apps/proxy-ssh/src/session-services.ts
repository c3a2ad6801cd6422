import type { DeviceLogin, DeviceLoginRequest } from '@sallyport/control-plane-client';
import type { ControlPlanePort, SpoolPort } from '@sallyport/proxy-kit';
import type { Logger } from '@sallyport/service-kit';
import type { Config } from './config.ts';
import type { ProxyMetrics } from './proxy-metrics.ts';
import type { DoorIdentity } from './transport/door-identity.ts';

/** Logging in with a browser, while the client shows where to go; `ControlPlaneClient` is the real one. */
export interface DeviceLoginPort {
  beginDeviceLogin(request: DeviceLoginRequest, signal: AbortSignal): Promise<DeviceLogin>;
}

/** What all sessions of one process share. */
export interface SessionServices {
  readonly config: Config;
  readonly controlPlane: ControlPlanePort & DeviceLoginPort;
  readonly spool: SpoolPort;
  /** The host key, and its certificate as it is now. */
  readonly identity: DoorIdentity;
  /** Makes hashes and tokens that nobody else can. */
  readonly maskingKey: Uint8Array;
  readonly logger: Logger;
  readonly metrics: ProxyMetrics;
}
