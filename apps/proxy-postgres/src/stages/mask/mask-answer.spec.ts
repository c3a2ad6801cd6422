import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from '@jest/globals';
import { encodeCopyData, encodeCopyDone } from '@sallyport/codec-postgres';
import { DecisionSchema } from '@sallyport/contracts/access';
import type { SqlStatement } from '@sallyport/sql-inspect';
import { ReplyQueue, type ReplySlot } from '../../loops/reply-slot.ts';
import { ResponseLoop } from '../../loops/response-loop.ts';
import type { ResponseLoopOptions } from '../../loops/response-options.ts';
import type { StatementRun } from '../../loops/statement-run.ts';
import { planAnswer } from './answer-plan.ts';
import { MaskAnswer, type MaskSink } from './mask-answer.ts';

const COPY = {
  text: 'COPY customers (email) TO STDOUT',
  touches: [],
  outputs: [{ name: 'email', sources: ['public.customers.email'], isDirect: true }],
  predicateColumns: [],
  derivedColumns: [],
  opaque: false,
  copy: { direction: 'out', endpoint: 'client', format: 'text', header: false },
} as unknown as SqlStatement;

/** A session that answers one masked COPY; `sent` is what its client gets. */
function answering() {
  const sent: Buffer[] = [];
  const sink: MaskSink = {
    pass: (_run, source, start, end) => sent.push(source.subarray(start, end)),
    masked: (_run, masker, bytes) => sent.push(...masker.mask(bytes).map((part) => Buffer.from(part))),
  };
  const decision = create(DecisionSchema, {
    obligations: { masks: [{ columns: ['public.customers.email'], strategy: 'redact' }] },
  });
  const run = {
    plan: planAnswer([COPY], decision, new Uint8Array(32)),
    masks: new Map(),
    countMasked: () => undefined,
    cut: null,
    meter: null,
    rows: 0,
  } as unknown as StatementRun;
  const queue = new ReplyQueue(() => undefined);
  queue.push({ kind: 'query', run, refusal: null, index: 0 } satisfies ReplySlot);
  const mask = new MaskAnswer({ sink, catalog: () => null, hasMasks: () => true });
  const writer = { ...sink, flush: () => undefined };
  const loop = new ResponseLoop({ queue, writer, mask } as unknown as ResponseLoopOptions);
  return { loop, text: () => Buffer.concat(sent).toString('latin1') };
}

describe('a masked COPY', () => {
  it('ends where its rows end', () => {
    const { loop, text } = answering();
    loop.onData(Buffer.concat([encodeCopyData(Buffer.from('ann@example.com\n')), encodeCopyDone()]));
    expect(text()).toContain('[redacted]\n');
    expect(text().endsWith(encodeCopyDone().toString('latin1'))).toBe(true);
  });

  it('does not end inside a row: what is held back is neither lost quietly nor sent', () => {
    const { loop, text } = answering();
    const torn = Buffer.concat([encodeCopyData(Buffer.from('ann@example.com')), encodeCopyDone()]);
    expect(() => {
      loop.onData(torn);
    }).toThrow(/ends inside a row/);
    expect(text()).not.toContain('ann@');
  });
});
