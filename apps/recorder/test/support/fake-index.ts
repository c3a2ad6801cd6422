import { RecordingIndexService, type IndexEntry } from '@sallyport/contracts/dataplane';
import { SealBodySchema, type SealBody } from '@sallyport/contracts/event';
import { fromBinary } from '@bufbuild/protobuf';
import { AccessError } from '@sallyport/errors';
import { certifyRecorder, generateSigningKey } from '@sallyport/recording-format';
import { addService, createGrpcClient, openGrpcChannel, startGrpcServer } from '@sallyport/service-kit';
import type { RecordingIndexPort } from '../../src/recording-index-port.ts';
import { entriesOf } from '../../src/testing/entries-of.ts';

/** The control plane's side of recordings, in this process, behind real gRPC. */
export interface FakeIndex extends AsyncDisposable {
  readonly address: string;
  readonly recordingKey: ReturnType<typeof generateSigningKey>;
  /** By "session sequence". */
  readonly entries: Map<string, IndexEntry>;
  readonly seals: Map<string, SealBody>;
  readonly lost: Set<string>;
  /** Refuses every call while true. */
  away: boolean;
  /** IndexEvents calls answered. */
  calls: number;
}

export async function startFakeIndex(): Promise<FakeIndex> {
  const recordingKey = generateSigningKey();
  const available = (): void => {
    if (index.away) throw new AccessError('control_plane_unavailable', 'away');
  };
  const server = await startGrpcServer({
    host: '127.0.0.1',
    port: 0,
    register: (grpc) => {
      addService(grpc, RecordingIndexService, {
        certifyRecorder: ({ publicKey }) => {
          available();
          return { certificate: certifyRecorder(recordingKey, { recorderId: 'recorder-0', publicKey }) };
        },
        indexEvents: ({ stretches }) => {
          available();
          index.calls += 1;
          for (const entry of stretches.flatMap(entriesOf))
            index.entries.set(`${entry.sessionId} ${entry.sequence}`, entry);
          return {};
        },
        recordSeal: ({ seal }) => {
          available();
          const body = fromBinary(SealBodySchema, seal?.body ?? new Uint8Array());
          index.seals.set(body.sessionId, body);
          index.lost.delete(body.sessionId);
          return {};
        },
        listLostSessions: () => {
          available();
          return { sessionIds: [...index.lost] };
        },
      });
    },
  });
  const index: FakeIndex = {
    address: `127.0.0.1:${server.port}`,
    recordingKey,
    entries: new Map(),
    seals: new Map(),
    lost: new Set(),
    away: false,
    calls: 0,
    [Symbol.asyncDispose]: () => server.stop(),
  };
  return index;
}

/** What the recorder calls it through. */
export function connectFakeIndex(address: string): Promise<RecordingIndexPort> {
  const channel = openGrpcChannel({ address });
  const client = createGrpcClient(RecordingIndexService, { channel, timeoutMs: 5000 });
  return Promise.resolve({
    certifyRecorder: async (publicKey) => {
      const { certificate } = await client.certifyRecorder({ publicKey });
      if (certificate === undefined) throw new Error('no certificate');
      return certificate;
    },
    indexEvents: async (stretches) => {
      await client.indexEvents({ stretches: [...stretches] });
    },
    recordSeal: async (seal, sizeBytes) => {
      await client.recordSeal({ seal, sizeBytes });
    },
    listLostSessions: async () => (await client.listLostSessions({})).sessionIds,
    close: () => {
      channel.close();
    },
  });
}
