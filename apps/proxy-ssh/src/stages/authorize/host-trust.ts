import {
  checkHostCertificate,
  decodeCertificate,
  decodePublicKey,
  isCertificateBlob,
  isStrongKey,
  outcomeOf,
  parsePublicKeyLine,
} from '@sallyport/codec-ssh';
import type { SshHostTrust } from '@sallyport/contracts/dataplane';
import { AccessError } from '@sallyport/errors';
import { nodeCrypto } from '../../transport/node-crypto.ts';

/** Which hosts are believed to be a target: by key, or by a certificate of an authority. */
export class HostTrust {
  readonly #hostName: string;
  readonly #keys: readonly Buffer[];
  readonly #authorities: readonly Buffer[];
  /** Kinds of the pinned keys. */
  readonly keyTypes: ReadonlySet<string>;

  private constructor(hostName: string, keys: readonly Pinned[], authorities: readonly Pinned[]) {
    this.#hostName = hostName;
    this.#keys = keys.map(({ blob }) => blob);
    this.#authorities = authorities.map(({ blob }) => blob);
    this.keyTypes = new Set(keys.map(({ type }) => type));
  }

  /** @throws AccessError target_unreachable where nothing is trusted: no host is taken on its word */
  static of(trust: SshHostTrust | undefined, hostName: string): HostTrust {
    const keys = (trust?.hostKeys ?? []).flatMap(readLine);
    const authorities = (trust?.hostCertificateAuthorities ?? []).flatMap(readLine);
    if (keys.length === 0 && authorities.length === 0) {
      throw new AccessError(
        'target_unreachable',
        'No host key of the target is known, so it is not connected to.',
        {
          next: 'Ask an administrator to give the target its hostKeys or hostCertificateAuthorities.',
        },
      );
    }
    return new HostTrust(hostName, keys, authorities);
  }

  get hasAuthorities(): boolean {
    return this.#authorities.length > 0;
  }

  /** Whether a host that holds this key (or certificate) is the target. */
  believes(hostKey: Buffer, now: Date): boolean {
    if (isCertificateBlob(hostKey)) return this.#believesCertificate(hostKey, now);
    const key = outcomeOf(() => decodePublicKey(hostKey));
    return key.ok && isStrongKey(key.value) && this.#keys.some((known) => known.equals(hostKey));
  }

  #believesCertificate(blob: Buffer, now: Date): boolean {
    const certificate = outcomeOf(() => decodeCertificate(blob));
    return (
      certificate.ok &&
      checkHostCertificate(certificate.value, {
        hostName: this.#hostName,
        now,
        caKeys: this.#authorities,
        crypto: nodeCrypto,
      }).ok
    );
  }
}

interface Pinned {
  readonly type: string;
  readonly blob: Buffer;
}

/** A line that cannot be read pins nothing. */
function readLine(line: string): Pinned[] {
  const read = parsePublicKeyLine(line);
  return read.ok ? [read.value] : [];
}
