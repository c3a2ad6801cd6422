export { BODY_FIELD, HASH_BYTES, readEnvelope, type EventEnvelope } from './event-envelope.ts';
export { isSessionId } from './session-id.ts';
