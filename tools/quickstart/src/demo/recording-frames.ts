/** Takes recordings apart, so that the tour can damage them (docs/reference/recording.md has the format). */

const FILE_HEADER_BYTES = 16;
const FRAME_HEADER_BYTES = 9;

/** A recording's file as its header and its frames, the seal last. */
export interface RecordingFrames {
  readonly header: Buffer;
  readonly frames: readonly Buffer[];
}

export function splitRecording(file: Buffer): RecordingFrames {
  const frames: Buffer[] = [];
  let at = FILE_HEADER_BYTES;
  while (at < file.length) {
    const end = at + FRAME_HEADER_BYTES + file.readUInt32LE(at + 1);
    frames.push(file.subarray(at, end));
    at = end;
  }
  return { header: file.subarray(0, FILE_HEADER_BYTES), frames };
}

export function joinRecording({ header, frames }: RecordingFrames): Buffer {
  return Buffer.concat([header, ...frames]);
}

/** The same file with one bit of its middle event turned over. */
export function withFlippedByte(file: Buffer): Buffer {
  const copy = Buffer.from(file);
  const { frames } = splitRecording(copy);
  const frame = frames[Math.floor(frames.length / 2)] ?? copy;
  const at = Math.floor((FRAME_HEADER_BYTES + frame.length) / 2);
  frame.writeUInt8((frame[at] ?? 0) ^ 1, at);
  return copy;
}

/** The same file without its middle event. */
export function withoutOneEvent(file: Buffer): Buffer {
  const { header, frames } = splitRecording(file);
  const middle = Math.floor(frames.length / 2);
  return joinRecording({ header, frames: frames.filter((_, index) => index !== middle) });
}

/** The same file without its last event and all after it. */
export function withoutTail(file: Buffer): Buffer {
  const { header, frames } = splitRecording(file);
  return joinRecording({ header, frames: frames.slice(0, -2) });
}
