import { Buffer } from 'node:buffer';
import { nodeCrypto, type AuthenticationCrypto } from './authentication-crypto.ts';

/** The answer to AuthenticationMD5Password: "md5" and md5(md5(password, user), salt). */
export function md5Password(
  user: string,
  password: string,
  salt: Uint8Array,
  crypto: AuthenticationCrypto = nodeCrypto,
): string {
  const inner = crypto.md5Hex(Buffer.from(password, 'utf8'), Buffer.from(user, 'utf8'));
  return `md5${crypto.md5Hex(Buffer.from(inner, 'latin1'), salt)}`;
}
