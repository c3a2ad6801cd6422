import { isUtf8 } from 'node:buffer';
import type { DataChunk } from '@sallyport/recording-format';
import type { AnswerPart } from './answer.ts';
import { PostgresAnswers } from './decode-postgres.ts';

/** Decodes what was recorded by the format that each piece names. One instance for each session: protocols have state. */
export class AnswerDecoder {
  readonly #postgres = new PostgresAnswers();

  /** The pieces of one statement, in order. Pieces of one format belong together: a message may be split over several. */
  decode(chunks: readonly DataChunk[]): readonly AnswerPart[] {
    return groupByFormat(chunks).flatMap(({ format, channel, data }) =>
      this.#decodeData(format, channel, data),
    );
  }

  #decodeData(format: string, channel: string, data: Buffer): readonly AnswerPart[] {
    switch (format) {
      case 'postgres.backend':
        return this.#postgres.decode(data);
      case 'postgres.frontend':
        return [{ kind: 'hidden', bytes: data.length, why: 'data that the caller sent' }];
      case 'bytes':
        return [bytesPart(data, channel)];
      case 'terminal':
      case 'http.body':
        return [{ kind: 'text', text: data.toString('utf8') }];
      default:
        return [{ kind: 'hidden', bytes: data.length, why: `this program does not know "${format}"` }];
    }
  }
}

function groupByFormat(
  chunks: readonly DataChunk[],
): readonly { readonly format: string; readonly channel: string; readonly data: Buffer }[] {
  const groups: { readonly format: string; readonly channel: string; readonly pieces: Uint8Array[] }[] = [];
  for (const { format, channel, data } of chunks) {
    const last = groups.at(-1);
    if (last?.format === format && last.channel === channel) last.pieces.push(data);
    else groups.push({ format, channel, pieces: [data] });
  }
  return groups.map(({ pieces, ...group }) => ({ ...group, data: Buffer.concat(pieces) }));
}

/** A program's output: a text, unless it is none. */
function bytesPart(data: Buffer, channel: string): AnswerPart {
  if (!isUtf8(data) || data.includes(0))
    return { kind: 'hidden', bytes: data.length, why: 'they are no text' };
  const text = data.toString('utf8');
  return channel === 'stderr' ? { kind: 'text', text, channel } : { kind: 'text', text };
}
