import type { RecordingIndexService } from '@sallyport/contracts/dataplane';
import { AccessError } from '@sallyport/errors';
import { certifyRecorder, type SigningKey } from '@sallyport/recording-format';
import type { ServiceImplementation } from '@sallyport/service-kit';
import type { Database } from '../database/database.ts';
import { indexEvents } from '../recordings/index-events.ts';
import { listLostSessions } from '../recordings/lost-sessions.ts';
import { recordSeal } from '../recordings/record-seal.ts';
import { requireComponent } from './peer.ts';

export interface RecordingIndexServiceOptions {
  readonly database: Database;
  readonly recordingKey: SigningKey;
  readonly sealLostAfterMs: number;
  readonly now: () => Date;
}

const PUBLIC_KEY_BYTES = 32;

/** What the recorder tells of recordings, and asks. */
export function createRecordingIndexService({
  database,
  recordingKey,
  sealLostAfterMs,
  now,
}: RecordingIndexServiceOptions): ServiceImplementation<typeof RecordingIndexService> {
  return {
    certifyRecorder: ({ publicKey }, context) => {
      const recorderId = requireComponent(context, 'recorder');
      if (publicKey.length !== PUBLIC_KEY_BYTES)
        throw new AccessError('protocol_violation', 'A sealing key must have 32 bytes.');
      return {
        certificate: certifyRecorder(recordingKey, {
          recorderId,
          publicKey,
          issuedUnixUs: BigInt(now().getTime()) * 1000n,
        }),
      };
    },
    indexEvents: async ({ stretches }, context) => {
      requireComponent(context, 'recorder');
      await indexEvents(database, stretches);
      return {};
    },
    recordSeal: async ({ seal, sizeBytes }, context) => {
      requireComponent(context, 'recorder');
      await recordSeal(database, seal, sizeBytes, recordingKey.publicKey, now());
      return {};
    },
    listLostSessions: async (_request, context) => {
      requireComponent(context, 'recorder');
      return { sessionIds: [...(await listLostSessions(database, sealLostAfterMs, now()))] };
    },
  };
}
