import { describe, expect, it } from '@jest/globals';
import {
  joinRecording,
  splitRecording,
  withFlippedByte,
  withoutOneEvent,
  withoutTail,
} from './recording-frames.ts';

const frame = (payload: string) => {
  const header = Buffer.alloc(9);
  header.writeUInt8(0x45);
  header.writeUInt32LE(payload.length, 1);
  return Buffer.concat([header, Buffer.from(payload)]);
};
const file = Buffer.concat([Buffer.alloc(16, 'h'), ...['one', 'two!', 'three', 'seal'].map(frame)]);

describe('damaging a recording', () => {
  it('takes it apart and puts it together', () => {
    expect(splitRecording(file).frames.map((part) => part.subarray(9).toString())).toEqual([
      'one',
      'two!',
      'three',
      'seal',
    ]);
    expect(joinRecording(splitRecording(file))).toEqual(file);
  });

  it('flips exactly one bit, inside an event, in a copy', () => {
    const before = Buffer.from(file);
    const damaged = withFlippedByte(file);
    expect(file).toEqual(before);
    expect([...damaged].filter((byte, index) => byte !== file[index])).toHaveLength(1);
  });

  it('takes out one event, or the end', () => {
    const payloads = (damaged: Buffer) =>
      splitRecording(damaged).frames.map((part) => part.subarray(9).toString());
    expect(payloads(withoutOneEvent(file))).toEqual(['one', 'two!', 'seal']);
    expect(payloads(withoutTail(file))).toEqual(['one', 'two!']);
  });
});
