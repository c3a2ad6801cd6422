import { DataEncoding, type Event, type Input, type Output } from '@sallyport/contracts/event';
import { unpackData } from '@sallyport/recording-format';
import type { CastEvent } from './cast-event.ts';
import { CastStatement } from './cast-statement.ts';

type Part = Omit<CastEvent, 'timeUnixUs'>;

/** A session's events as a terminal would have shown them, in the order in which they were recorded. */
export async function* readCast(events: AsyncIterable<Event>): AsyncGenerator<CastEvent, void, undefined> {
  const statements = new Map<string, CastStatement>();
  for await (const event of events) {
    const timeUnixUs = Number(event.timeUnixUs);
    for (const part of partsOf(event, statements)) yield { timeUnixUs, ...part };
  }
}

function partsOf({ body }: Event, statements: Map<string, CastStatement>): readonly Part[] {
  switch (body.case) {
    case 'statementDecided': {
      const statement = new CastStatement(body.value);
      statements.set(body.value.statement?.id ?? '', statement);
      return statement.begin();
    }
    case 'output': {
      const { statementId, format, channel } = body.value;
      return statements.get(statementId)?.output(format, channel, unpacked(body.value)) ?? [];
    }
    case 'input': {
      const { statementId, format } = body.value;
      const data = unpacked(body.value);
      if (format === 'terminal.resize') return resize(Buffer.from(data).toString('latin1'));
      return statements.get(statementId)?.input(format, data) ?? [];
    }
    case 'statementFinished': {
      const { statementId } = body.value;
      const parts = statements.get(statementId)?.end(body.value) ?? [];
      statements.delete(statementId);
      return parts;
    }
    default:
      return [];
  }
}

function resize(text: string): readonly Part[] {
  return /^[1-9][0-9]{0,4}x[1-9][0-9]{0,4}$/.test(text) ? [{ code: 'r', data: text }] : [];
}

function unpacked({ encoding, data, decodedBytes }: Input | Output): Uint8Array {
  switch (encoding) {
    case DataEncoding.UNSPECIFIED:
      return data;
    case DataEncoding.ZSTD:
      return unpackData(data, decodedBytes);
    // Of a later version: there is data, and this program cannot show it.
    default:
      return new Uint8Array();
  }
}
