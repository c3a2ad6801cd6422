import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import {
  RecorderCertificateBodySchema,
  RecorderCertificateSchema,
  SealBodySchema,
  SealSchema,
  SessionCertificateBodySchema,
  SessionCertificateSchema,
  type RecorderCertificate,
  type Seal,
  type SessionCertificate,
} from '@sallyport/contracts/event';
import { recorderCertificateMessage, sealMessage, sessionCertificateMessage } from '../signed-message.ts';
import type { SigningKey } from './signing-key.ts';

/** What a session's certificate says, as `create(SessionCertificateBodySchema, ...)` takes it. */
export type SessionCertificateFacts = MessageInitShape<typeof SessionCertificateBodySchema>;

/** Ties a session's key to who opened what: signed by the control plane's recording key at open. */
export function certifySession(recordingKey: SigningKey, facts: SessionCertificateFacts): SessionCertificate {
  const body = toBinary(SessionCertificateBodySchema, create(SessionCertificateBodySchema, facts));
  return create(SessionCertificateSchema, {
    body,
    signature: recordingKey.sign(sessionCertificateMessage(body)),
    signerKeyId: recordingKey.keyId,
  });
}

/** What a recorder's certificate says, as `create(RecorderCertificateBodySchema, ...)` takes it. */
export type RecorderCertificateFacts = MessageInitShape<typeof RecorderCertificateBodySchema>;

/** Lets a recorder's key seal recordings: signed by the control plane's recording key. */
export function certifyRecorder(
  recordingKey: SigningKey,
  facts: RecorderCertificateFacts,
): RecorderCertificate {
  const body = toBinary(RecorderCertificateBodySchema, create(RecorderCertificateBodySchema, facts));
  return create(RecorderCertificateSchema, {
    body,
    signature: recordingKey.sign(recorderCertificateMessage(body)),
    signerKeyId: recordingKey.keyId,
  });
}

/** Where a recording ends and how, as `create(SealBodySchema, ...)` takes it. */
export type SealFacts = MessageInitShape<typeof SealBodySchema>;

/** Ends a recording: signed by a recorder, with the certificate of its key. */
export function sealRecording(
  recorderKey: SigningKey,
  certificate: RecorderCertificate,
  facts: SealFacts,
): Seal {
  const body = toBinary(SealBodySchema, create(SealBodySchema, facts));
  return create(SealSchema, { body, signature: recorderKey.sign(sealMessage(body)), certificate });
}
