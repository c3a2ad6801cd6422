import { KEY_TYPES, type KeyType } from '../keys/key-type.ts';

const SUFFIX = '-cert-v01@openssh.com';
const VENDOR = '@openssh.com';

/** The name of a certificate for a kind of key, as its blob has it. */
export function certificateTypeOf(type: KeyType): string {
  return (type.endsWith(VENDOR) ? type.slice(0, -VENDOR.length) : type) + SUFFIX;
}

const KEY_TYPE_OF: ReadonlyMap<string, KeyType> = new Map(
  KEY_TYPES.map((type) => [certificateTypeOf(type), type]),
);

/** The kind of key that a certificate is for, or null where the name is no certificate's. */
export function certifiedKeyType(name: string): KeyType | null {
  return KEY_TYPE_OF.get(name) ?? null;
}

/** Whether a blob's name is that of any certificate, known or not. */
export function isCertificateName(name: string): boolean {
  return /-cert-v\d+@/.test(name);
}
