import { Outcome } from '@sallyport/contracts/access';
import type { IndexEntry } from '@sallyport/contracts/dataplane';
import { StatementOutcome, type Seal } from '@sallyport/contracts/event';
import { AccessError } from '@sallyport/errors';
import { describe, expect, it } from '@jest/globals';
import {
  certifyRecorder,
  EventChain,
  generateSigningKey,
  RecordingWriter,
  type EncodedEvent,
} from '@sallyport/recording-format';
import { createLogger } from '@sallyport/service-kit';
import { temporaryDirectory } from '@sallyport/testing';
import { Indexer } from './indexer.ts';
import { Ledger, type UnfinishedRecording } from './ledger.ts';
import type { RecordingIndexPort } from './recording-index-port.ts';
import { Sealer } from './sealer.ts';
import type { IndexStretchInit } from './stretch-builder.ts';
import { entriesOf } from './testing/entries-of.ts';

const logger = createLogger({ name: 'spec', level: 'silent' });
const bytesOf = ({ parts }: EncodedEvent): Uint8Array => Buffer.concat(parts);

/** A control plane that can be away, or refuse seals. */
class MemoryIndex implements RecordingIndexPort {
  readonly entries: IndexEntry[] = [];
  readonly stretches: IndexStretchInit[] = [];
  readonly seals: Seal[] = [];
  calls = 0;
  refuseSession: string | undefined;
  away = false;
  refuse = false;

  certifyRecorder(): never {
    throw new Error('not asked here');
  }

  async indexEvents(stretches: Parameters<RecordingIndexPort['indexEvents']>[0]): Promise<void> {
    await Promise.resolve();
    if (this.away) throw new AccessError('control_plane_unavailable', 'away');
    if (stretches.some(({ sessionId }) => sessionId === this.refuseSession))
      throw new AccessError('protocol_violation', 'no stretch');
    this.calls += 1;
    this.stretches.push(...stretches);
    this.entries.push(...stretches.flatMap((stretch) => entriesOf(stretch)));
  }

  async recordSeal(seal: Seal): Promise<void> {
    await Promise.resolve();
    if (this.refuse) throw new AccessError('protocol_violation', 'not a seal');
    this.seals.push(seal);
  }

  listLostSessions(): Promise<string[]> {
    return Promise.resolve([]);
  }

  close(): void {
    this.away = true;
  }
}

async function beginOf(ledger: Ledger, sessionId: string): Promise<UnfinishedRecording> {
  await ledger.begin([sessionId]);
  const entry = ledger.get(sessionId);
  if (entry === undefined) throw new Error('it was begun');
  return entry;
}

async function setUp() {
  const directory = temporaryDirectory('indexer');
  const ledger = await Ledger.open(directory.path);
  const index = new MemoryIndex();
  const entry = await beginOf(ledger, 'a');
  const writer = await RecordingWriter.open(entry.path, 'a');
  const chain = new EventChain({ sessionId: 'a', signer: generateSigningKey() });
  const sealer = new Sealer();
  sealer.certify(certifyRecorder(generateSigningKey(), { recorderId: 'r', publicKey: sealer.publicKey }));
  const note = (): void => {
    entry.durableSize = writer.size;
    entry.seal = writer.seal;
  };
  return {
    ...{ ledger, index, entry, writer, chain },
    indexer: new Indexer({ ledger, index: () => index, logger }),
    write: async (...events: readonly EncodedEvent[]) => {
      await writer.append(events.map(bytesOf));
      await writer.sync();
      note();
    },
    seal: async () => {
      await sealer.seal(writer);
      note();
    },
    statement: (id: string, text = id) =>
      chain.append({
        case: 'statementDecided',
        value: {
          statement: { id, text, kind: 'sql.simple' },
          decision: { outcome: Outcome.DENY, code: 'denied_by_rule' },
        },
      }),
    finish: (statementId: string) =>
      chain.append({
        case: 'statementFinished',
        value: { statementId, outcome: StatementOutcome.REFUSED, rows: 3n },
      }),
    [Symbol.asyncDispose]: async () => {
      await writer.close();
      directory.remove();
    },
  };
}

describe('Indexer', () => {
  it('indexes statements and their ends, and nothing of what was returned', async () => {
    await using setup = await setUp();
    const data = Buffer.from('secret row');
    const output = setup.chain.append({ case: 'sessionOpened', value: {} });
    const row = setup.chain.append({ case: 'output', value: { statementId: 'x', data } });
    await setup.write(output, row, setup.statement('x', 'drop table t'), setup.finish('x'));
    await setup.indexer.round();
    expect(setup.index.entries).toMatchObject([
      {
        sessionId: 'a',
        sequence: 3n,
        entry: {
          case: 'statement',
          value: { text: 'drop table t', outcome: Outcome.DENY, code: 'denied_by_rule' },
        },
      },
      {
        sessionId: 'a',
        sequence: 4n,
        entry: { case: 'finish', value: { outcome: StatementOutcome.REFUSED, rows: 3n } },
      },
    ]);
    expect(setup.indexer.lagBytes()).toBe(0);
  });

  it('goes on from where it was, and does nothing when there is nothing new', async () => {
    await using setup = await setUp();
    await setup.write(setup.chain.append({ case: 'sessionOpened', value: {} }), setup.statement('x'));
    await setup.indexer.round();
    await setup.indexer.round();
    await setup.write(setup.statement('y'));
    expect(setup.indexer.lagBytes()).toBeGreaterThan(0);
    await setup.indexer.round();
    expect(setup.index.entries.map(({ sequence }) => Number(sequence))).toEqual([2, 3]);
  });

  it('loses nothing while the control plane is away', async () => {
    await using setup = await setUp();
    await setup.write(setup.chain.append({ case: 'sessionOpened', value: {} }), setup.statement('x'));
    setup.index.away = true;
    await expect(setup.indexer.round()).rejects.toThrow(AccessError);
    await setup.write(setup.statement('y'));
    setup.index.away = false;
    await setup.indexer.round();
    expect(setup.index.entries.map(({ sequence }) => Number(sequence))).toEqual([2, 3]);
  });

  it('reports a seal once everything before it is indexed, and then has nothing more to do', async () => {
    await using setup = await setUp();
    await setup.write(
      setup.chain.append({ case: 'sessionOpened', value: {} }),
      setup.statement('x'),
      setup.chain.close('client_closed'),
    );
    await setup.seal();
    await setup.indexer.round();
    expect([setup.index.entries.length, setup.index.seals.length, setup.ledger.size]).toEqual([1, 1, 0]);
  });

  it('indexes what is left when the control plane refuses a session, and does not ask again', async () => {
    await using setup = await setUp();
    await setup.write(setup.chain.append({ case: 'sessionOpened', value: {} }), setup.statement('x'));
    const other = await beginOf(setup.ledger, 'b');
    const writer = await RecordingWriter.open(other.path, 'b');
    const chain = new EventChain({ sessionId: 'b', signer: generateSigningKey() });
    const statement = { case: 'statementDecided', value: { statement: { text: 'refused' } } } as const;
    await writer.append([bytesOf(chain.append(statement))]);
    other.durableSize = writer.size;
    await writer.close();
    setup.index.refuseSession = 'b';
    await setup.indexer.round();
    expect(setup.index.entries).toMatchObject([{ sessionId: 'a', sequence: 2n }]);
    expect(setup.indexer.lagBytes()).toBe(0);
  });

  it('stops between two requests when it is told to, and goes on from there', async () => {
    await using setup = await setUp();
    await setup.write(setup.chain.append({ case: 'sessionOpened', value: {} }));
    for (let count = 0; count < 3; count += 1)
      await setup.write(setup.statement(`s${count}`, 'x'.repeat(2_000_000)));
    await setup.indexer.round(() => setup.index.calls === 0);
    expect(setup.index.entries).toHaveLength(1);
    await setup.indexer.round();
    expect(setup.index.entries.map(({ sequence }) => Number(sequence))).toEqual([2, 3, 4]);
  });

  it('gives up on a seal that the control plane refuses, and is not kept from others by it', async () => {
    await using setup = await setUp();
    await setup.write(
      setup.chain.append({ case: 'sessionOpened', value: {} }),
      setup.chain.close('client_closed'),
    );
    await setup.seal();
    setup.index.refuse = true;
    await setup.indexer.round();
    expect([setup.index.seals.length, setup.ledger.size]).toEqual([0, 0]);
  });

  it('sends large statements in several requests', async () => {
    await using setup = await setUp();
    await setup.write(setup.chain.append({ case: 'sessionOpened', value: {} }));
    for (let count = 0; count < 5; count += 1)
      await setup.write(setup.statement(`s${count}`, 'x'.repeat(2_000_000)));
    await setup.indexer.round();
    expect(setup.index.calls).toBe(5);
    expect(setup.index.entries).toHaveLength(5);
  });
});
