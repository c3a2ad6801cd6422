export {
  parseAuthorizedKeysLine,
  type AuthorizedKey,
  type AuthorizedKeyOption,
} from './authorized-keys-line.ts';
export { fingerprintText } from './fingerprint.ts';
export { publicKeyFromJwk, publicKeyToJwk, type PublicJwk } from './jwk.ts';
export { isStrongKey, MIN_RSA_BITS, rsaModulusBits } from './key-strength.ts';
export { KEY_TYPES, type EcdsaKeyType, type KeyType } from './key-type.ts';
export {
  formatCertAuthorityLine,
  knownHostMatches,
  knownHostName,
  parseKnownHostsLine,
  type KnownHost,
} from './known-hosts-line.ts';
export { privateKeyToJwk, type PrivateJwk, type PrivateKey } from './private-key.ts';
export { formatEd25519PrivateKeyFile, parsePrivateKeyFile, type PrivateKeyFile } from './private-key-file.ts';
export { formatPublicKeyLine, parsePublicKeyLine, type PublicKeyLine } from './public-key-line.ts';
export {
  decodePublicKey,
  encodePublicKey,
  type EcdsaPublicKey,
  type Ed25519PublicKey,
  type PublicKey,
  type RsaPublicKey,
  type SkEcdsaPublicKey,
  type SkEd25519PublicKey,
} from './public-key.ts';
export {
  parsePublicKeyAlgorithm,
  SIGNATURE_ALGORITHMS,
  signatureAlgorithmsOf,
  type PublicKeyAlgorithm,
  type SignatureAlgorithm,
} from './signature-algorithm.ts';
export {
  decodeSignature,
  ecdsaNumbersFromDer,
  ecdsaNumbersToDer,
  ecdsaNumbersToP1363,
  encodeSignature,
  type EcdsaNumbers,
  type SecurityKeyFacts,
  type Signature,
} from './signature.ts';
export { publicKeyToSpki } from './spki.ts';
export {
  verifySignature,
  type SignatureCheck,
  type SignatureCrypto,
  type SignatureRules,
  type SignatureVerdict,
} from './verify-signature.ts';
