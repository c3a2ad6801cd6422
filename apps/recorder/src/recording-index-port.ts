import type { MessageInitShape } from '@bufbuild/protobuf';
import type { IndexStretchSchema } from '@sallyport/contracts/dataplane';
import type { RecorderCertificate, Seal } from '@sallyport/contracts/event';

/** What the recorder needs of the control plane; RecorderClient is the real one. Every call ends by its deadline. */
export interface RecordingIndexPort {
  certifyRecorder(publicKey: Uint8Array): Promise<RecorderCertificate>;
  /** Idempotent by session and sequence. At most one stretch of a session. */
  indexEvents(stretches: readonly MessageInitShape<typeof IndexStretchSchema>[]): Promise<void>;
  recordSeal(seal: Seal, sizeBytes: bigint): Promise<void>;
  listLostSessions(): Promise<readonly string[]>;
  close(): void;
}
