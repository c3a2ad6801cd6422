import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { encodePublicKey } from '@sallyport/codec-ssh';
import type { Database } from '../database/database.ts';
import type { Vault } from '../secrets/vault.ts';

/**
 * The three CAs for SSH, each trusted by somebody else, so that a certificate for one of
 * them is worth nothing to the others. `user`: callers, towards doors. `host`: doors,
 * towards callers. `upstream`: sessions, towards targets.
 */
export type SshAuthority = 'user' | 'host' | 'upstream';

export const SSH_AUTHORITIES: readonly SshAuthority[] = ['user', 'host', 'upstream'];

/** One key of a CA. The private half stays in this process, and sealed in the database. */
export interface AuthorityKey {
  /** Public key blob (RFC 8709, 4). */
  readonly blob: Uint8Array;
  readonly signsFrom: Date;
  /** Ed25519 over the bytes (RFC 8709, 6). */
  sign(bytes: Uint8Array): Uint8Array;
}

/** A CA at one moment: what it signs with, and what is signed by it counts. */
export interface AuthorityKeys {
  readonly current: AuthorityKey;
  /** All that count, the current one first. One that signs only later is among them, so that it is known in time. */
  readonly trusted: readonly AuthorityKey[];
}

/** What signing and checking need of the CAs. */
export interface SshAuthorities {
  /** As of now, in every replica. */
  keysOf(authority: SshAuthority): Promise<AuthorityKeys>;
}

export interface AuthorityKeyStoreOptions {
  readonly database: Database;
  readonly vault: Vault;
  readonly now: () => Date;
}

/** Makes the first key of each CA at the first start; seals what there is with the current master key. */
export class AuthorityKeyStore implements SshAuthorities {
  readonly #options: AuthorityKeyStoreOptions;
  /** Opened keys by name. A name never gets another key. */
  readonly #opened = new Map<string, AuthorityKey>();

  constructor(options: AuthorityKeyStoreOptions) {
    this.#options = options;
  }

  /** To be called at start: fails it where a key cannot be opened. */
  async prepare(): Promise<void> {
    const { database, vault } = this.#options;
    for (const authority of SSH_AUTHORITIES) {
      // Of several replicas that start at once, one's key stays: its name is the same for all.
      if ((await this.#rows(authority)).length === 0) await this.#add(authority, new Date(0));
    }
    for (const { name, sealed } of await this.#rows()) {
      const pkcs8 = vault.open(secretName(name), sealed);
      if (vault.isCurrent(sealed)) continue;
      await database.prisma.keyMaterial.updateMany({
        where: { name },
        data: { sealed: vault.seal(secretName(name), pkcs8) },
      });
    }
  }

  /** Asks the database each time. */
  async keysOf(authority: SshAuthority): Promise<AuthorityKeys> {
    const rows = await this.#rows(authority);
    const keys = rows.map((row) => this.#open(row)).sort((a, b) => Number(b.signsFrom) - Number(a.signsFrom));
    const now = this.#options.now();
    const current = keys.find(({ signsFrom }) => signsFrom <= now);
    if (current === undefined) throw new Error(`the CA "${authority}" has no key`);
    return { current, trusted: [current, ...keys.filter((key) => key !== current)] };
  }

  /** A new key, which counts at once and signs from then on. */
  async rotate(authority: SshAuthority, signsFrom: Date): Promise<AuthorityKey> {
    await this.#add(authority, signsFrom);
    const { trusted } = await this.keysOf(authority);
    const added = trusted.find((key) => key.signsFrom.getTime() === signsFrom.getTime());
    if (added === undefined) throw new Error('a new key was retired at once');
    return added;
  }

  /** Forgets the keys that the current one has replaced: what they signed counts no more. Gives how many. */
  async retire(authority: SshAuthority): Promise<number> {
    const { current, trusted } = await this.keysOf(authority);
    const names = trusted
      .filter(({ signsFrom }) => signsFrom < current.signsFrom)
      .map(({ signsFrom }) => keyName(authority, signsFrom));
    const { count } = await this.#options.database.prisma.keyMaterial.deleteMany({
      where: { name: { in: names } },
    });
    return count;
  }

  async #add(authority: SshAuthority, signsFrom: Date): Promise<void> {
    const { database, vault, now } = this.#options;
    const name = keyName(authority, signsFrom);
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
    const data = {
      name,
      public: new Uint8Array(rawPublicKey(publicKey)),
      sealed: vault.seal(secretName(name), pkcs8),
      createdAt: now(),
    };
    await database.prisma.keyMaterial.createMany({ data: [data], skipDuplicates: true });
  }

  #rows(authority?: SshAuthority) {
    const startsWith = authority === undefined ? PREFIX : `${PREFIX}${authority}/`;
    return this.#options.database.prisma.keyMaterial.findMany({ where: { name: { startsWith } } });
  }

  #open({ name, sealed }: { readonly name: string; readonly sealed: Uint8Array }): AuthorityKey {
    const known = this.#opened.get(name);
    if (known !== undefined) return known;
    const pkcs8 = this.#options.vault.open(secretName(name), sealed);
    const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
    const key: AuthorityKey = {
      // Of the sealed key itself: what stands beside it in the database is not taken for it.
      blob: encodePublicKey({ type: 'ssh-ed25519', publicKey: rawPublicKey(createPublicKey(privateKey)) }),
      signsFrom: signsFromOf(name),
      sign: (bytes) => new Uint8Array(sign(null, bytes, privateKey)),
    };
    this.#opened.set(name, key);
    return key;
  }
}

/** Names in the table of keys: "ssh-ca/user/0". What stands last is when it begins to sign, so that no column is needed for it. */
const PREFIX = 'ssh-ca/';
const keyName = (authority: SshAuthority, signsFrom: Date) =>
  `${PREFIX}${authority}/${String(signsFrom.getTime())}`;
const signsFromOf = (name: string) => new Date(Number(name.slice(name.lastIndexOf('/') + 1)));
const secretName = (name: string) => `key-material/${name}`;

const RAW_KEY_BYTES = 32;

/** The last 32 bytes of its SubjectPublicKeyInfo (RFC 8410, 4). */
function rawPublicKey(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(-RAW_KEY_BYTES);
}
