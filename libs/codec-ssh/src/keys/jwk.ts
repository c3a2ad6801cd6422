import { Buffer } from 'node:buffer';
import { CodecError } from '../wire/codec-error.ts';
import { CURVES } from './key-type.ts';
import type { EcdsaPublicKey, PublicKey } from './public-key.ts';

/** The members of a JSON Web Key (RFC 7517, 7518, 8037) that public keys have. */
export interface PublicJwk {
  readonly kty?: string;
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
  readonly n?: string;
  readonly e?: string;
}

/** A public key as JWK; of a security key, the key inside. */
export function publicKeyToJwk(key: PublicKey): PublicJwk {
  switch (key.type) {
    case 'ssh-ed25519':
    case 'sk-ssh-ed25519@openssh.com':
      return { kty: 'OKP', crv: 'Ed25519', x: key.publicKey.toString('base64url') };
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521':
    case 'sk-ecdsa-sha2-nistp256@openssh.com': {
      const { joseName, coordinateBytes } = CURVES[key.type];
      const x = key.point.subarray(1, 1 + coordinateBytes).toString('base64url');
      return {
        kty: 'EC',
        crv: joseName,
        x,
        y: key.point.subarray(1 + coordinateBytes).toString('base64url'),
      };
    }
    case 'ssh-rsa':
      return { kty: 'RSA', n: key.modulus.toString('base64url'), e: key.exponent.toString('base64url') };
  }
}

const EC_TYPES: readonly EcdsaPublicKey['type'][] = [
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
];

/** The public key of a JWK, as `KeyObject.export({ format: 'jwk' })` gives it. @throws CodecError `unsupported` */
export function publicKeyFromJwk(jwk: PublicJwk): PublicKey {
  if (jwk.kty === 'OKP' && jwk.crv === 'Ed25519') {
    return { type: 'ssh-ed25519', publicKey: member(jwk.x, 32) };
  }
  if (jwk.kty === 'RSA') {
    return { type: 'ssh-rsa', exponent: member(jwk.e), modulus: member(jwk.n) };
  }
  const type = EC_TYPES.find((name) => CURVES[name].joseName === jwk.crv);
  if (jwk.kty !== 'EC' || type === undefined) {
    throw new CodecError('unsupported', 'A key is of a kind that is not supported.');
  }
  const { coordinateBytes } = CURVES[type];
  const coordinates = [member(jwk.x, coordinateBytes), member(jwk.y, coordinateBytes)];
  return { type, point: Buffer.concat([Buffer.from([4]), ...coordinates]) };
}

function member(text: string | undefined, length?: number): Buffer {
  const bytes = Buffer.from(text ?? '', 'base64url');
  if (bytes.length === 0 || (length !== undefined && bytes.length !== length)) {
    throw new CodecError('value', 'A member of a JSON Web Key is malformed.');
  }
  return bytes;
}
