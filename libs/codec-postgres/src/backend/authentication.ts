import type { Frame } from '../wire/frame.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { protocolViolation } from '../wire/protocol-violation.ts';
import {
  AUTHENTICATION_CLEARTEXT_PASSWORD,
  type AuthenticationCleartextPassword,
} from './authentication-cleartext-password.ts';
import {
  AUTHENTICATION_MD5_PASSWORD,
  type AuthenticationMD5Password,
} from './authentication-md5-password.ts';
import { AUTHENTICATION_OK, type AuthenticationOk } from './authentication-ok.ts';
import { AUTHENTICATION_SASL, decodeMechanisms, type AuthenticationSASL } from './authentication-sasl.ts';
import {
  AUTHENTICATION_SASL_CONTINUE,
  type AuthenticationSASLContinue,
} from './authentication-sasl-continue.ts';
import { AUTHENTICATION_SASL_FINAL, type AuthenticationSASLFinal } from './authentication-sasl-final.ts';
import { BackendType } from './backend-type.ts';

/** A way to authenticate that Sallyport does not speak: Kerberos V5, GSSAPI, SSPI or one not known. */
export interface AuthenticationUnsupported {
  readonly type: 'AuthenticationUnsupported';
  readonly code: number;
}

/** All messages of type R; the first word of the body tells them apart. */
export type Authentication =
  | AuthenticationOk
  | AuthenticationCleartextPassword
  | AuthenticationMD5Password
  | AuthenticationSASL
  | AuthenticationSASLContinue
  | AuthenticationSASLFinal
  | AuthenticationUnsupported;

/** @throws AccessError protocol_violation */
export function decodeAuthentication(frame: Frame): Authentication {
  const cursor = MessageCursor.over(frame, BackendType.Authentication);
  const message = decodeBody(cursor, cursor.uint32());
  cursor.finish();
  return message;
}

function decodeBody(cursor: MessageCursor, code: number): Authentication {
  switch (code) {
    case AUTHENTICATION_OK:
      return { type: 'AuthenticationOk' };
    case AUTHENTICATION_CLEARTEXT_PASSWORD:
      return { type: 'AuthenticationCleartextPassword' };
    case AUTHENTICATION_MD5_PASSWORD:
      return { type: 'AuthenticationMD5Password', salt: cursor.bytes(4) };
    case AUTHENTICATION_SASL:
      return { type: 'AuthenticationSASL', mechanisms: decodeMechanisms(cursor) };
    case AUTHENTICATION_SASL_CONTINUE:
      return { type: 'AuthenticationSASLContinue', data: cursor.rest() };
    case AUTHENTICATION_SASL_FINAL:
      return { type: 'AuthenticationSASLFinal', data: cursor.rest() };
    default:
      if (code > 12) throw protocolViolation('A server asks for an authentication that does not exist.');
      cursor.rest();
      return { type: 'AuthenticationUnsupported', code };
  }
}
