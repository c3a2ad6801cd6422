import { packData, unpackData } from './node/data-packing.ts';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  DataEncoding,
  EventSchema,
  HoldOutcome,
  StatementOutcome,
  type Event,
} from '@sallyport/contracts/event';
import { describe, expect, it } from '@jest/globals';
import { readStatements, type TimelineItem } from './read-statements.ts';
import { RecordingDamagedError, RecordingReader } from './recording-reader.ts';
import { gather } from './testing/gather.ts';
import { fileOf, recordingFixture } from './testing/recording-fixture.ts';

type Body = NonNullable<MessageInitShape<typeof EventSchema>['body']>;

function events(...bodies: readonly Body[]): Event[] {
  return bodies.map((body, index) =>
    create(EventSchema, { sequence: BigInt(index + 1), timeUnixUs: BigInt(1000 + index), body }),
  );
}

async function collect(source: Iterable<Event>, maxDataBytes?: number): Promise<TimelineItem[]> {
  return gather(readStatements(source, maxDataBytes === undefined ? {} : { maxDataBytes }));
}

const decided = (id: string): Body => ({ case: 'statementDecided', value: { statement: { id, text: id } } });
const output = (statementId: string, text: string): Body => ({
  case: 'output',
  value: { statementId, format: 'postgres.backend', data: Buffer.from(text) },
});
const finished = (statementId: string): Body => ({
  case: 'statementFinished',
  value: { statementId, outcome: StatementOutcome.COMPLETED },
});

describe('readStatements', () => {
  it('gives each statement once with its decision, hold, data and end', async () => {
    const items = await collect(
      events(
        { case: 'sessionOpened', value: { clientName: 'psql' } },
        decided('a'),
        { case: 'holdCreated', value: { statementId: 'a', holdId: 'h' } },
        { case: 'holdSettled', value: { statementId: 'a', holdId: 'h', outcome: HoldOutcome.APPROVED } },
        { case: 'input', value: { statementId: 'a', data: Buffer.from('in') } },
        output('a', 'one'),
        output('a', 'two'),
        finished('a'),
        { case: 'checkpoint', value: {} },
        { case: 'sessionClosed', value: { reason: 'client_closed' } },
      ),
    );
    expect(items.map((item) => item.type)).toEqual(['opened', 'statement', 'closed']);
    const [, statement] = items;
    if (statement?.type !== 'statement') throw new Error('a statement');
    expect(statement).toMatchObject({ statementId: 'a', sequence: 2, timeUnixUs: 1001, omittedBytes: 0 });
    expect(statement.holds).toMatchObject([
      {
        created: { holdId: 'h', at: { sequence: 3 } },
        settled: { outcome: HoldOutcome.APPROVED, at: { sequence: 4 } },
      },
    ]);
    expect(statement.inputs.map((chunk) => Buffer.from(chunk.data).toString())).toEqual(['in']);
    expect(statement.outputs.map((chunk) => [chunk.sequence, Buffer.from(chunk.data).toString()])).toEqual([
      [6, 'one'],
      [7, 'two'],
    ]);
    expect(statement.finished).toMatchObject({ outcome: StatementOutcome.COMPLETED, at: { sequence: 8 } });
  });

  it('keeps the order of decisions when pipelined statements end in another', async () => {
    const items = await collect(
      events(decided('a'), decided('b'), output('b', 'x'), finished('b'), finished('a')),
    );
    expect(items.map((item) => item.type === 'statement' && item.statementId)).toEqual(['a', 'b']);
  });

  it('follows a live recording: yields what is complete before more is read', async () => {
    const seen: string[] = [];
    function* live(): Generator<Event> {
      for (const event of events(decided('a'), finished('a'), decided('b'))) {
        yield event;
        seen.push(`read ${event.sequence}`);
      }
    }
    for await (const item of readStatements(live()))
      seen.push(item.type === 'statement' ? item.statementId : item.type);
    expect(seen).toEqual(['read 1', 'a', 'read 2', 'read 3', 'b']);
  });

  it('shows a statement cut off by the end, and output that belongs to none', async () => {
    const items = await collect(events(output('', 'notice'), decided('a')));
    expect(items).toMatchObject([
      { type: 'output', format: 'postgres.backend' },
      { type: 'statement', finished: undefined },
    ]);
  });

  it('holds no more data of a statement than told, and says how much it left out', async () => {
    const items = await collect(
      events(decided('a'), output('a', '12345'), output('a', '67890'), finished('a')),
      7,
    );
    expect(items).toMatchObject([{ omittedBytes: 5, outputs: [{ sequence: 2 }] }]);
  });

  it('unpacks data where it can, and counts what it cannot unpack as left out', async () => {
    const text = 'rows and rows and rows '.repeat(40);
    const packed = (encoding: DataEncoding) =>
      ({
        case: 'output',
        value: {
          statementId: 'a',
          data: packData(Buffer.from(text)),
          encoding,
          decodedBytes: text.length,
        },
      }) as const;
    const of = (encoding: DataEncoding) => events(decided('a'), packed(encoding), finished('a'));
    const whole = await gather(readStatements(of(DataEncoding.ZSTD), { decompress: unpackData }));
    expect(whole).toMatchObject([{ omittedBytes: 0, outputs: [{ data: Buffer.from(text) }] }]);
    const unknown = of(77 as DataEncoding);
    for (const left of [await collect(of(DataEncoding.ZSTD)), await gather(readStatements(unknown))])
      expect(left).toMatchObject([{ omittedBytes: text.length, outputs: [] }]);
  });
});

describe('RecordingReader', () => {
  const fixture = recordingFixture();

  it('reads the events and the seal of a recording', async () => {
    const reader = new RecordingReader(fileOf(fixture.events, fixture.seal));
    const read = await gather(reader);
    expect(read.map(({ event }) => Number(event.sequence))).toEqual(
      Array.from({ length: 14 }, (_, index) => index + 1),
    );
    expect(reader.seal).toEqual(fixture.seal);
  });

  it('ends where a recording still being written ends', async () => {
    const file = fileOf(fixture.events);
    expect(await gather(new RecordingReader(file.subarray(0, file.length - 3)))).toHaveLength(13);
  });

  it('stops at the first byte that was altered', async () => {
    const file = Buffer.from(fileOf(fixture.events));
    file[file.length - 1] = (file.at(-1) ?? 0) ^ 1;
    await expect(gather(new RecordingReader(file))).rejects.toBeInstanceOf(RecordingDamagedError);
  });
});
