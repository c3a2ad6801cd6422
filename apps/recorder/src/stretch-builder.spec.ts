import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { Outcome } from '@sallyport/contracts/access';
import { EventSchema, StatementOutcome } from '@sallyport/contracts/event';
import { describe, expect, it } from '@jest/globals';
import { BODY_FIELD, EventChain, generateSigningKey, readEnvelope } from '@sallyport/recording-format';
import { MalformedMessageError } from './message-fields.ts';
import { isIndexed, StretchBuilder } from './stretch-builder.ts';
import { entriesOf } from './testing/entries-of.ts';

type Body = Exclude<NonNullable<MessageInitShape<typeof EventSchema>['body']>, { case: undefined }>;

function session() {
  const chain = new EventChain({ sessionId: 'a', signer: generateSigningKey() });
  const builder = new StretchBuilder();
  return {
    builder,
    add: (body: Body) => {
      const event = Buffer.concat(chain.append(body).parts);
      const envelope = readEnvelope(event);
      if (envelope === undefined) throw new Error('no event');
      builder.add(event, envelope);
      return envelope;
    },
  };
}

const decided = (text: string, outcome: Outcome = Outcome.ALLOW): Body => ({
  case: 'statementDecided',
  value: { statement: { text }, decision: { outcome } },
});

describe('StretchBuilder', () => {
  it('says of a statement and its end what the index has fields for, and no more', () => {
    const { builder, add } = session();
    const effects = [{ action: 'sql.read', objects: [{ kind: 'table', name: 'public.t', parts: ['a'] }] }];
    const rules = [{ policy: 'p', rule: 'r', outcome: Outcome.DENY, message: 'no' }];
    const { timeUnixUs } = add({
      case: 'statementDecided',
      value: {
        statement: {
          id: 'st-1',
          kind: 'sql.simple',
          text: 'SELECT ü',
          effects,
          parameters: [{ name: '1', value: { case: 'text', value: 'a secret' } }],
          effectiveRole: 'postgres',
          digest: new Uint8Array(32),
        },
        decision: { outcome: Outcome.DENY, code: 'denied_by_rule', message: 'm', rules, policyRevision: 'r' },
      },
    });
    add({
      case: 'statementFinished',
      value: {
        statementId: 'st-1',
        outcome: StatementOutcome.REFUSED,
        status: 'SELECT 1',
        rows: 2n ** 40n,
        bytes: 5n,
        durationUs: 6n,
        masks: [{ what: 'public.t.a', strategy: 'redact', values: 1n }],
      },
    });
    const stretch = builder.build('a');
    expect(stretch).toMatchObject({
      sessionId: 'a',
      firstSequence: 1n,
      lastSequence: 2n,
      statements: 1,
      denied: 1,
      held: 0,
      text: 'SELECT ü',
    });
    const [statement, finish] = entriesOf(stretch ?? {});
    expect(statement).toMatchObject({ sequence: 1n, timeUnixUs: BigInt(timeUnixUs) });
    expect(statement?.entry).toMatchObject({
      case: 'statement',
      value: {
        statementId: 'st-1',
        kind: 'sql.simple',
        text: 'SELECT ü',
        effects,
        outcome: Outcome.DENY,
        code: 'denied_by_rule',
        rules,
      },
    });
    expect(finish?.entry).toMatchObject({
      case: 'finish',
      value: { statementId: 'st-1', status: 'SELECT 1', rows: 2n ** 40n, bytes: 5n, durationUs: 6n },
    });
    for (const entry of [statement, finish]) expect(entry?.entry.value?.$unknown).toBeUndefined();
  });

  it('counts outcomes, keeps texts apart, and begins anew', () => {
    const { builder, add } = session();
    for (const outcome of [Outcome.ALLOW, Outcome.DENY, Outcome.HOLD, Outcome.HOLD])
      add(decided(`x\u001ey\0z`, outcome));
    expect(builder.count).toBe(4);
    expect(builder.build('a')).toMatchObject({
      statements: 4,
      denied: 1,
      held: 2,
      text: new Array<string>(4).fill('x y z').join('\u001e'),
    });
    expect(builder.build('a')).toBeUndefined();
    add(decided('more'));
    expect(builder.build('a')).toMatchObject({ firstSequence: 5n, lastSequence: 5n, text: 'more', held: 0 });
  });

  it('keeps the whole of a large statement, of which the first mebibyte can be searched', () => {
    const { builder, add } = session();
    const text = 'x'.repeat(3 * 1024 * 1024);
    add(decided(text));
    const stretch = builder.build('a') ?? {};
    expect(stretch.text).toHaveLength(1024 * 1024);
    expect(entriesOf(stretch)[0]?.entry.value).toMatchObject({ text });
  });

  it('adds nothing of an event whose body is no message', () => {
    const { builder, add } = session();
    add(decided('before'));
    const event = toBinary(EventSchema, create(EventSchema, { sessionId: 'a' }));
    const bytes = Buffer.concat([event, Buffer.from([0x0a, 0x7f])]);
    const envelope = {
      sessionId: 'a',
      sequence: 2,
      timeUnixUs: 1,
      previousHash: undefined,
      bodyField: BODY_FIELD.statementDecided,
      bodyOffset: event.length,
      bodyLength: 2,
    };
    expect(() => {
      builder.add(bytes, envelope);
    }).toThrow(MalformedMessageError);
    const stretch = builder.build('a') ?? {};
    expect(stretch).toMatchObject({ statements: 1, lastSequence: 1n, text: 'before' });
    expect(entriesOf(stretch)).toHaveLength(1);
  });

  it('takes nothing of what callers are sent', () => {
    const indexed = Object.entries(BODY_FIELD).flatMap(([name, field]) => (isIndexed(field) ? [name] : []));
    expect(indexed).toEqual(['statementDecided', 'statementFinished']);
  });
});
