export { BODY_FIELD, HASH_BYTES, glanceAtEvent, readEnvelope, type EventEnvelope, type EventGlance } from './event-envelope.ts';
export { isSessionId } from './session-id.ts';
export { crc32 } from './crc32.ts';
export { recordingPath } from './recording-path.ts';
