// Everything here runs in a browser: nothing below imports a module of Node.
export type { ByteSource } from './byte-source.ts';
export type { CertificateFault, TrustedKeys } from './certificates.ts';
export { verifyRecorderCertificate, verifySessionCertificate } from './certificates.ts';
export {
  decodeFrameHeader,
  encodeFileHeader,
  encodeFrameHeader,
  FILE_HEADER_BYTES,
  FRAME_HEADER_BYTES,
  isFrameIntact,
  MAX_PAYLOAD_BYTES,
  type FrameHeader,
  type FrameKind,
} from './container.ts';
export { crc32, type Checksum } from './crc32.ts';
export {
  BODY_FIELD,
  glanceAtEvent,
  HASH_BYTES,
  readEnvelope,
  type EventEnvelope,
  type EventGlance,
} from './event-envelope.ts';
export { readFrames, readFramesFrom, type FileItem } from './read-frames.ts';
export { readSeal, type SealFault, type SignedSeal } from './read-seal.ts';
export {
  readStatements,
  type DataChunk,
  type Decompress,
  type ReadStatementsOptions,
  type RecordedAt,
  type StatementHold,
  type StatementItem,
  type TimelineItem,
} from './read-statements.ts';
export { recordingPath } from './recording-path.ts';
export { RecordingDamagedError, RecordingReader, type RecordedEvent } from './recording-reader.ts';
export { classifyFields, sensitivityOf, type FieldClassification } from './sensitivity.ts';
export { isSessionId } from './session-id.ts';
export { webCrypto, type VerifyCrypto } from './verify-crypto.ts';
export { verifyRecording, type VerifyOptions } from './verify-recording.ts';
export {
  VERIFY_PROBLEM_CODES,
  type VerifiedSeal,
  type VerifiedSession,
  type VerifyNote,
  type VerifyProblem,
  type VerifyProblemCode,
  type VerifyReport,
} from './verify-report.ts';
