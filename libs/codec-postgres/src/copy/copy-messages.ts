import type { Buffer } from 'node:buffer';
import type { Region } from '../rows/row-rewriter.ts';
import { COPY_DATA } from '../wire/copy-data.ts';
import { HEADER_BYTES } from '../wire/frame.ts';
import { protocolViolation } from '../wire/protocol-violation.ts';
import { ByteSink } from './byte-sink.ts';
import type { CopyRewriter } from './copy-rewriter.ts';

/**
 * Sends the bodies of whole CopyData messages through a rewriter (a part that a
 * FrameScanner gave under the rule `batch`). One message comes out for each
 * one that goes in, unless nothing of it can be passed on yet.
 * @throws AccessError as CopyRewriter.write
 */
export function rewriteCopyMessages({ source, start, end }: Region, rewriter: CopyRewriter): Buffer {
  const sink = new ByteSink((end - start) * 1.25);
  for (let at = start; at < end;) {
    if (end - at < HEADER_BYTES || source[at] !== COPY_DATA)
      throw protocolViolation('CopyData was expected.');
    const next = at + 1 + source.readInt32BE(at + 1);
    if (next < at + HEADER_BYTES || next > end) throw protocolViolation('A CopyData message is not whole.');
    const header = sink.length;
    sink.uint8(COPY_DATA);
    sink.int32(0);
    rewriter.write(source, at + HEADER_BYTES, next, sink);
    const length = sink.length - header - 1;
    if (length > 4) sink.setInt32(header + 1, length);
    else sink.cutTo(header);
    at = next;
  }
  return sink.take();
}
