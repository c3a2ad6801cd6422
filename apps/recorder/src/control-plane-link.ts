import type { Logger } from '@sallyport/service-kit';
import { setTimeout as delay } from 'node:timers/promises';
import type { RecordingIndexPort } from './recording-index-port.ts';
import type { Sealer } from './sealer.ts';

export interface ControlPlaneLinkOptions {
  /** Joins, or uses the certificate of an earlier join. */
  readonly connect: () => Promise<RecordingIndexPort>;
  readonly sealer: Sealer;
  readonly logger: Logger;
  /** First pause after a failure, doubled up to 10 s; default 500 ms. */
  readonly retryMs?: number;
}

const MAX_RETRY_MS = 10_000;

/**
 * Reaches the control plane and has the sealing key certified, however long
 * that takes: recording goes on meanwhile, only seals and the index wait.
 */
export class ControlPlaneLink {
  readonly #options: ControlPlaneLinkOptions;
  #port: RecordingIndexPort | undefined;

  constructor(options: ControlPlaneLinkOptions) {
    this.#options = options;
  }

  /** Undefined until the control plane was reached. */
  get port(): RecordingIndexPort | undefined {
    return this.#port;
  }

  /** Until it is done, or `signal` aborts. */
  async establish(signal: AbortSignal): Promise<void> {
    const { sealer, logger, connect, retryMs = 500 } = this.#options;
    for (let pauseMs = retryMs; !signal.aborted; pauseMs = Math.min(MAX_RETRY_MS, pauseMs * 2)) {
      try {
        this.#port ??= await connect();
        sealer.certify(await this.#port.certifyRecorder(sealer.publicKey));
        logger.info('recorder certified');
        return;
      } catch (error) {
        logger.warn('the control plane cannot certify this recorder now', { error });
        await delay(pauseMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  close(): void {
    this.#port?.close();
  }
}
