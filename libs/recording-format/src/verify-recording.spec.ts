import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { EventSchema, SealSchema, SealState, type Event } from '@sallyport/contracts/event';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { crc32 } from './crc32.ts';
import { FILE_HEADER_BYTES, FRAME_HEADER_BYTES } from './container.ts';
import { nodeCrypto } from './node/node-crypto.ts';
import { certifySession } from './node/certify.ts';
import { generateSigningKey } from './node/signing-key.ts';
import {
  fileOf,
  frame,
  recordingFixture,
  sealOf,
  type RecordingFixture,
} from './testing/recording-fixture.ts';
import { verifyRecording } from './verify-recording.ts';

const fixture = recordingFixture();
const whole = fileOf(fixture.events, fixture.seal);
/** As little as has every kind of byte, for what is tried at every offset. */
const small = recordingFixture({ statements: 1 });
const smallFile = fileOf(small.events, small.seal);

function verify(file: Uint8Array, of: RecordingFixture = fixture) {
  return verifyRecording(file, of.recordingKey.publicKey, { crypto: nodeCrypto });
}

async function codes(file: Uint8Array, of: RecordingFixture = fixture): Promise<string[]> {
  const report = await verify(file, of);
  expect(report.verdict).toBe('invalid');
  return report.problems.map((problem) => problem.code);
}

/** What an attacker who can write the file but has no key does: edits an event and mends every hash after it. */
function rewrite(events: readonly Buffer[], at: number, edit: (event: Event) => void): Buffer[] {
  const result = events.slice(0, at);
  for (const bytes of events.slice(at)) {
    const event = fromBinary(EventSchema, bytes);
    if (result.length === at) edit(event);
    const previous = result.at(-1);
    if (previous !== undefined) event.previousHash = createHash('sha256').update(previous).digest();
    event.sequence = BigInt(result.length + 1);
    result.push(Buffer.from(toBinary(EventSchema, event)));
  }
  return result;
}

describe('verifyRecording of what was recorded', () => {
  it('says whole, and whose session it was', async () => {
    const report = await verify(whole);
    expect(report).toMatchObject({
      verdict: 'whole',
      problems: [],
      notes: [],
      events: 14,
      signedThrough: 14,
    });
    expect(report.session).toMatchObject({
      sessionId: 'ses_fixture',
      principalId: 'p-1',
      targetName: 'shop',
      proxyId: 'proxy-0',
    });
    expect(report.seal).toMatchObject({ state: 'whole', recorderId: 'recorder-0', lastSequence: 14 });
  });

  it('says the same with WebCrypto, and however the file is cut into chunks', async () => {
    const expected = await verify(whole);
    expect(await verifyRecording(whole, fixture.recordingKey.publicKey)).toEqual(expected);
    const bytes = Array.from(whole, (_, index) => whole.subarray(index, index + 1));
    expect(await verifyRecording(bytes, fixture.recordingKey.publicKey, { crypto: nodeCrypto })).toEqual(
      expected,
    );
  });

  it('trusts an older recording key beside the newer', async () => {
    const keys = [generateSigningKey().publicKey, fixture.recordingKey.publicKey];
    expect((await verifyRecording(whole, keys, { crypto: nodeCrypto })).verdict).toBe('whole');
  });

  it('says broken when the proxy was lost, and how far its own signature goes', async () => {
    const lost = recordingFixture({ lost: true });
    const report = await verify(fileOf(lost.events, lost.seal), lost);
    expect(report).toMatchObject({ verdict: 'broken', problems: [], signedThrough: 13 });
    const shorter = lost.events.slice(0, -2);
    const seal = sealOf(lost.recordingKey, lost.recorderKey, lost.sessionId, SealState.BROKEN, shorter);
    const cut = await verify(fileOf(shorter, seal), lost);
    expect(cut).toMatchObject({
      verdict: 'broken',
      signedThrough: 9,
      notes: [{ code: 'unsigned_tail', sequence: 10 }],
    });
  });

  it('says broken of a session of which nothing arrived', async () => {
    const seal = sealOf(fixture.recordingKey, fixture.recorderKey, 'ses_none', SealState.BROKEN, []);
    expect(await verify(fileOf([], seal))).toMatchObject({
      verdict: 'broken',
      notes: [{ code: 'nothing_recorded' }],
    });
    const options = { crypto: nodeCrypto, sessionId: 'ses_other' };
    const other = await verifyRecording(fileOf([], seal), fixture.recordingKey.publicKey, options);
    expect(other.problems.map((problem) => problem.code)).toEqual(['event_of_other_session']);
  });

  it('only notes a clock that went back', async () => {
    const backwards = recordingFixture({ tickUs: -1 });
    const report = await verify(fileOf(backwards.events, backwards.seal), backwards);
    expect(report).toMatchObject({ verdict: 'whole', problems: [] });
    expect(report.notes.map((note) => note.code)).toEqual(
      Array.from({ length: 13 }, () => 'clock_backwards'),
    );
  });
});

describe('verifyRecording finds', () => {
  it('any byte that was altered, wherever it is', async () => {
    expect((await verify(smallFile, small)).verdict).toBe('whole');
    for (let offset = 0; offset < smallFile.length; offset += 1) {
      const file = Buffer.from(smallFile);
      file.writeUInt8(file.readUInt8(offset) ^ (1 << (offset % 8)), offset);
      expect((await verify(file, small)).verdict).toBe('invalid');
    }
  });

  it('any byte that was altered by someone who mends the checksums', async () => {
    const starts = [FILE_HEADER_BYTES];
    for (const event of fixture.events) starts.push((starts.at(-1) ?? 0) + FRAME_HEADER_BYTES + event.length);
    const positions = fc.integer({ min: 0, max: whole.length - 1 });
    await fc.assert(
      fc.asyncProperty(positions, fc.integer({ min: 1, max: 255 }), async (offset, mask) => {
        const file = Buffer.from(whole);
        file.writeUInt8(file.readUInt8(offset) ^ mask, offset);
        const start = starts.findLast((at) => at <= offset);
        if (start === undefined) file.writeUInt32LE(crc32(file.subarray(0, 12)), 12);
        else mendFrame(file, start);
        if (file.equals(whole)) return; // it was the checksum itself
        expect((await verify(file)).verdict).toBe('invalid');
      }),
      { numRuns: 150 },
    );
  });

  it('any events that were taken out, whichever they are', async () => {
    const subset = fc.subarray(Array.from(fixture.events.keys()), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(subset, fc.boolean(), async (removed, keepSeal) => {
        const kept = fixture.events.filter((_, index) => !removed.includes(index));
        expect((await verify(fileOf(kept, keepSeal ? fixture.seal : undefined))).verdict).toBe('invalid');
      }),
      { numRuns: 60 },
    );
  });

  it('any order but the one they were recorded in', async () => {
    const orders = fc.shuffledSubarray([...fixture.events], { minLength: fixture.events.length });
    await fc.assert(
      fc.asyncProperty(orders, async (events) => {
        const same = events.every((event, index) => event === fixture.events[index]);
        expect((await verify(fileOf(events, fixture.seal))).verdict).toBe(same ? 'whole' : 'invalid');
      }),
      { numRuns: 60 },
    );
  });

  it('a cut at every byte, also between two events', async () => {
    for (let length = 0; length < smallFile.length; length += 1) {
      expect((await verify(smallFile.subarray(0, length), small)).verdict).toBe('invalid');
    }
  });

  const removed = (...indexes: readonly number[]) =>
    fixture.events.filter((_, index) => !indexes.includes(index));

  it('a removed event, by name and place, and reports it once', async () => {
    const report = await verify(fileOf(removed(5), fixture.seal));
    expect(report.problems).toMatchObject([{ code: 'event_missing', sequence: 6 }]);
    expect(report.problems[0]?.message).toBe('Event 6 is missing before event 7.');
    expect(report.problems[0]?.offset).toBe(fileOf(fixture.events.slice(0, 5)).length);
    expect(report.signedThrough).toBe(5);
  });

  it('a missing tail, whether the seal stays, goes, or is of fewer events and another key', async () => {
    const cut = fixture.events.slice(0, 9);
    expect(await codes(fileOf(cut, fixture.seal))).toEqual(['seal_of_other_recording', 'seal_state_wrong']);
    expect(await codes(fileOf(cut))).toEqual(['seal_missing']);
    const { recorderKey, recordingKey, sessionId } = fixture;
    const forged = sealOf(generateSigningKey(), recorderKey, sessionId, SealState.BROKEN, cut);
    expect(await codes(fileOf(cut, forged))).toEqual(['seal_not_trusted']);
    const wrongSigner = sealOf(recordingKey, recorderKey, sessionId, SealState.BROKEN, cut);
    wrongSigner.signature = generateSigningKey().sign(wrongSigner.body);
    expect(await codes(fileOf(cut, wrongSigner))).toEqual(['seal_invalid']);
  });

  it('the seal of another session', async () => {
    const other = recordingFixture({ sessionId: 'ses_other', recordingKey: fixture.recordingKey });
    expect(await codes(fileOf(fixture.events, other.seal))).toEqual(['seal_of_other_recording']);
  });

  it('a seal made with a session key, whose certificate is the control plane’s but no recorder’s', async () => {
    const { recordingKey, sessionId, events } = fixture;
    const sessionKey = generateSigningKey();
    const facts = { sessionId: 'recorder-0', sessionPublicKey: sessionKey.publicKey };
    const seal = sealOf(recordingKey, sessionKey, sessionId, SealState.WHOLE, events);
    seal.certificate = {
      ...certifySession(recordingKey, facts),
      $typeName: 'sallyport.event.v1.RecorderCertificate',
    };
    expect(await codes(fileOf(events, seal))).toEqual(['seal_not_trusted']);
  });

  it('fields smuggled into the seal', async () => {
    const padded = Buffer.concat([toBinary(SealSchema, fixture.seal), Buffer.from([0xfa, 0x01, 0x00])]);
    expect(await codes(Buffer.concat([fileOf(fixture.events), frame('seal', padded)]))).toEqual([
      'seal_invalid',
    ]);
  });

  it('a repeated, a moved and an inserted event', async () => {
    const [first, second, third, ...rest] = fixture.events;
    if (first === undefined || second === undefined || third === undefined) throw new Error('three events');
    expect(await codes(fileOf([first, second, second, third, ...rest], fixture.seal))).toEqual([
      'event_repeated',
    ]);
    const moved = ['event_missing', 'event_out_of_order'];
    expect(await codes(fileOf([first, third, second, ...rest], fixture.seal))).toEqual(moved);
    // Chained to the first like the second, but saying something else.
    const rival = rewrite([first, third], 1, () => undefined)[1] ?? first;
    expect(await codes(fileOf([first, second, rival, third, ...rest], fixture.seal))).toEqual([
      'event_out_of_order',
    ]);
    expect(await codes(fileOf([first, rival, second, third, ...rest], fixture.seal))).toEqual([
      'event_out_of_order',
      'event_altered',
    ]);
  });

  it('an altered event, though every hash after it was mended', async () => {
    const altered = rewrite(fixture.events, 2, (event) => {
      if (event.body.case === 'output') event.body.value.data = Buffer.from('other');
    });
    const { recordingKey, recorderKey, sessionId, seal } = fixture;
    expect(await codes(fileOf(altered, seal))).toContain('signature_invalid');
    // Even if the recorder itself did it.
    const resealed = sealOf(recordingKey, recorderKey, sessionId, SealState.WHOLE, altered);
    expect(new Set(await codes(fileOf(altered, resealed)))).toEqual(new Set(['signature_invalid']));
  });

  it('an altered event without mended hashes, at the event after it', async () => {
    const events = [...fixture.events];
    const edited = fromBinary(EventSchema, events[2] ?? Buffer.alloc(0));
    if (edited.body.case === 'output') edited.body.value.channel = 'x';
    events[2] = Buffer.from(toBinary(EventSchema, edited));
    expect((await verify(fileOf(events, fixture.seal))).problems).toMatchObject([
      { code: 'event_altered', sequence: 4 },
    ]);
  });

  it('a checkpoint passed off as the close of a session that went on', async () => {
    const { recordingKey, recorderKey, sessionId } = fixture;
    const cut = rewrite(fixture.events.slice(0, 5), 4, (event) => {
      if (event.body.case !== 'checkpoint') throw new Error('a checkpoint stands here');
      event.body = {
        case: 'sessionClosed',
        value: { ...event.body.value, $typeName: 'sallyport.event.v1.SessionClosed', reason: '' },
      };
    });
    const seal = sealOf(recordingKey, recorderKey, sessionId, SealState.WHOLE, cut);
    expect(await codes(fileOf(cut, seal))).toEqual(['signature_invalid']);
  });

  it('another reason or time in the close', async () => {
    const { recordingKey, recorderKey, sessionId, events } = fixture;
    const edits: ((event: Event) => void)[] = [
      (event) => (event.timeUnixUs += 1n),
      (event) => event.body.case === 'sessionClosed' && (event.body.value.reason = 'locked'),
    ];
    for (const edit of edits) {
      const edited = rewrite(events, events.length - 1, edit);
      const seal = sealOf(recordingKey, recorderKey, sessionId, SealState.WHOLE, edited);
      expect(await codes(fileOf(edited, seal))).toEqual(['signature_invalid']);
    }
  });

  it('a session certified by a key that is not trusted, and one without a certificate', async () => {
    const foreign = recordingFixture();
    const { recordingKey, recorderKey } = fixture;
    const seal = sealOf(recordingKey, recorderKey, foreign.sessionId, SealState.WHOLE, foreign.events);
    expect(await codes(fileOf(foreign.events, seal))).toEqual(['certificate_not_trusted']);
    const bare = rewrite(fixture.events, 0, (event) => {
      if (event.body.case === 'sessionOpened') delete event.body.value.certificate;
    });
    const sealed = sealOf(recordingKey, recorderKey, fixture.sessionId, SealState.WHOLE, bare);
    expect(await codes(fileOf(bare, sealed))).toEqual(['certificate_invalid']);
  });

  it('an opening that names another principal than its certificate', async () => {
    const { recordingKey, recorderKey, sessionId } = fixture;
    const renamed = rewrite(fixture.events, 0, (event) => {
      if (event.body.case === 'sessionOpened' && event.body.value.principal)
        event.body.value.principal.id = 'someone-else';
    });
    const seal = sealOf(recordingKey, recorderKey, sessionId, SealState.WHOLE, renamed);
    expect(await codes(fileOf(renamed, seal))).toEqual(['certificate_of_other_session']);
  });

  it('a certificate of another session put into this one', async () => {
    const { recordingKey, recorderKey, sessionId } = fixture;
    const other = recordingFixture({ sessionId: 'ses_other', recordingKey });
    const certificate = openingCertificate(other);
    const swapped = rewrite(fixture.events, 0, (event) => {
      if (event.body.case === 'sessionOpened' && certificate) event.body.value.certificate = certificate;
    });
    const seal = sealOf(recordingKey, recorderKey, sessionId, SealState.WHOLE, swapped);
    expect(await codes(fileOf(swapped, seal))).toEqual(['certificate_of_other_session']);
  });

  it('events after the close, and bytes after the seal', async () => {
    const { recordingKey, recorderKey, sessionId, events } = fixture;
    const longer = rewrite([...events, events[1] ?? Buffer.alloc(0)], events.length, () => undefined);
    const seal = sealOf(recordingKey, recorderKey, sessionId, SealState.WHOLE, longer);
    expect(await codes(fileOf(longer, seal))).toEqual(['event_after_close']);
    expect(await codes(Buffer.concat([whole, Buffer.of(0)]))).toEqual(['data_after_seal']);
    expect(await codes(Buffer.concat([whole, frame('event', events[0] ?? Buffer.alloc(0))]))).toEqual([
      'data_after_seal',
    ]);
  });

  it('a session that was closed and is sealed as broken', async () => {
    const { recordingKey, recorderKey, sessionId, events } = fixture;
    const seal = sealOf(recordingKey, recorderKey, sessionId, SealState.BROKEN, events);
    expect(await codes(fileOf(events, seal))).toEqual(['seal_state_wrong']);
  });

  it('an event of another session, and another session’s recording in this one’s place', async () => {
    const other = recordingFixture({ sessionId: 'ses_other', recordingKey: fixture.recordingKey });
    const events = [...fixture.events];
    events.splice(3, 0, other.events[3] ?? Buffer.alloc(0));
    expect(await codes(fileOf(events, fixture.seal))).toEqual(['event_of_other_session']);
    const options = { crypto: nodeCrypto, sessionId: fixture.sessionId };
    const swapped = await verifyRecording(
      fileOf(other.events, other.seal),
      fixture.recordingKey.publicKey,
      options,
    );
    expect(swapped.problems.map((problem) => problem.code)).toEqual(['event_of_other_session']);
  });

  it('an event whose protobuf says two things', async () => {
    const { recordingKey, recorderKey, sessionId, events } = fixture;
    const twice = [
      ...events.slice(0, -1),
      Buffer.concat([events.at(-1) ?? Buffer.alloc(0), Buffer.from([0x10, 0x63])]),
    ];
    const seal = sealOf(recordingKey, recorderKey, sessionId, SealState.WHOLE, twice);
    expect(await codes(fileOf(twice, seal))).toContain('event_malformed');
  });

  it('a bounded number of problems, and how many more there are', async () => {
    const events = Array.from({ length: 300 }, () => fixture.events[0] ?? Buffer.alloc(0));
    const report = await verify(fileOf(events, fixture.seal));
    expect(report.problems).toHaveLength(100);
    expect(report.problemsLeftOut).toBeGreaterThan(190);
  });
});

describe('verifyRecording of anything at all', () => {
  it('never throws and never trusts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.boolean(), async (junk, header) => {
        const file = header ? Buffer.concat([fileOf([]), junk]) : junk;
        expect((await verify(file)).verdict).toBe('invalid');
      }),
    );
  });
});

function openingCertificate(of: RecordingFixture) {
  const { body } = fromBinary(EventSchema, of.events[0] ?? Buffer.alloc(0));
  return body.case === 'sessionOpened' ? body.value.certificate : undefined;
}

function mendFrame(file: Buffer, start: number): void {
  const length = file.readUInt32LE(start + 1);
  const payload = file.subarray(start + FRAME_HEADER_BYTES, start + FRAME_HEADER_BYTES + length);
  file.writeUInt32LE(crc32(payload, crc32(file.subarray(start, start + 5))), start + 5);
}
