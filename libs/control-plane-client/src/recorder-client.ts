import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  ComponentKind,
  RecordingIndexService,
  type IndexStretchSchema,
} from '@sallyport/contracts/dataplane';
import type { RecorderCertificate, Seal } from '@sallyport/contracts/event';
import { AccessError } from '@sallyport/errors';
import type { GrpcClient } from '@sallyport/service-kit';
import { ComponentConnection } from './component-connection.ts';
import type { ComponentOptions } from './component-options.ts';
import { asUnavailable } from './unavailable.ts';

/** The recorder's side of the data plane. Every call has a deadline and rejects with an AccessError. */
export class RecorderClient implements AsyncDisposable {
  readonly #connection: ComponentConnection;

  private constructor(connection: ComponentConnection) {
    this.#connection = connection;
  }

  /** Joins, or uses the certificate of an earlier join. */
  static async connect(options: ComponentOptions): Promise<RecorderClient> {
    return new RecorderClient(await ComponentConnection.open(ComponentKind.RECORDER, options));
  }

  /** Raw Ed25519 key that signs session and recorder certificates; what recordings are verified against. */
  get recordingPublicKey(): Uint8Array {
    return this.#connection.recordingPublicKey;
  }

  /** Certifies the key that seals recordings: raw Ed25519, 32 bytes. */
  async certifyRecorder(publicKey: Uint8Array): Promise<RecorderCertificate> {
    const { certificate } = await this.#call((client) => client.certifyRecorder({ publicKey }));
    if (certificate === undefined)
      throw new AccessError('control_plane_unavailable', 'The control plane gave no certificate.');
    return certificate;
  }

  /** Idempotent by session and sequence. At most one stretch of a session. */
  async indexEvents(stretches: readonly MessageInitShape<typeof IndexStretchSchema>[]): Promise<void> {
    await this.#call((client) => client.indexEvents({ stretches: [...stretches] }));
  }

  async recordSeal(seal: Seal, sizeBytes: bigint): Promise<void> {
    await this.#call((client) => client.recordSeal({ seal, sizeBytes }));
  }

  /** Sessions whose proxy is gone for good and whose recording has no seal. */
  async listLostSessions(): Promise<readonly string[]> {
    const { sessionIds } = await this.#call((client) => client.listLostSessions({}));
    return sessionIds;
  }

  close(): void {
    this.#connection.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  async #call<T>(call: (client: GrpcClient<typeof RecordingIndexService>) => Promise<T>): Promise<T> {
    try {
      return await call(this.#connection.client(RecordingIndexService));
    } catch (error) {
      throw asUnavailable(error);
    }
  }
}
