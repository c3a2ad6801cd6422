export * from './browser.ts';
export { RecordingTail, type Arrival, type JudgedEvent } from './recording-tail.ts';
export {
  EventChain,
  EventTooLargeError,
  MAX_DATA_BYTES,
  MAX_EVENT_BYTES,
  type ChainPosition,
  type EncodedEvent,
  type EventBody,
  type EventChainOptions,
} from './node/event-chain.ts';
export { generateSigningKey, signingKeyFromPkcs8, type SigningKey } from './node/signing-key.ts';
export { packData, unpackData } from './node/data-packing.ts';
export { wallClock, type UnixClock } from './node/wall-clock.ts';
export {
  certifyRecorder,
  certifySession,
  sealRecording,
  type RecorderCertificateFacts,
  type SealFacts,
  type SessionCertificateFacts,
} from './node/certify.ts';
export { nodeCrypto } from './node/node-crypto.ts';
export { RecordingWriter, type SealMark } from './node/recording-writer.ts';
export { readRecordingFile, verifyRecordingFile } from './node/recording-file.ts';
