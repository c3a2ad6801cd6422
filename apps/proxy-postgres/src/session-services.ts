import type { SecureContext } from 'node:tls';
import type { ControlPlanePort, SpoolPort } from '@sallyport/proxy-kit';
import type { Logger } from '@sallyport/service-kit';
import type { Config } from './config.ts';
import type { ProxyMetrics } from './proxy-metrics.ts';
import type { CancelRegistry } from './stages/accept/cancel-registry.ts';
import type { CatalogReader, CatalogStore } from './stages/classify/catalog-store.ts';

/** What all sessions of one process share. */
export interface SessionServices {
  readonly config: Config;
  readonly controlPlane: ControlPlanePort;
  readonly spool: SpoolPort;
  readonly cancels: CancelRegistry;
  readonly catalogs: CatalogStore;
  readonly catalogReader: CatalogReader;
  /** For hashes and tokens of masked values. */
  readonly maskingKey: Uint8Array;
  /** Null: no certificate is configured. */
  readonly secureContext: SecureContext | null;
  readonly logger: Logger;
  readonly metrics: ProxyMetrics;
}
