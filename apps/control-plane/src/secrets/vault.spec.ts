import { describe, expect, it } from '@jest/globals';
import { Vault } from './vault.ts';

const key = (fill: number) => ({
  id: fill.toString(16).padStart(16, '0'),
  bytes: new Uint8Array(32).fill(fill),
});
const secret = Buffer.from('correct-horse-battery');

describe('Vault', () => {
  it('opens what it sealed, and seals the same secret differently each time', () => {
    const vault = new Vault(key(1));
    const sealed = vault.seal('target/shop', secret);
    expect(vault.open('target/shop', sealed)).toEqual(secret);
    expect(Buffer.from(sealed).includes(secret)).toBe(false);
    expect(vault.seal('target/shop', secret)).not.toEqual(sealed);
  });

  it('does not open a secret under another name: a row that is swapped for another is noticed', () => {
    const vault = new Vault(key(1));
    const sealed = vault.seal('target/shop', secret);
    expect(() => vault.open('target/attacker', sealed)).toThrow();
  });

  it('notices a change of any byte', () => {
    const vault = new Vault(key(1));
    const sealed = vault.seal('target/shop', secret);
    for (let index = 0; index < sealed.length; index += 1) {
      const altered = sealed.map((byte, at) => (at === index ? byte ^ 1 : byte));
      expect(() => vault.open('target/shop', altered)).toThrow();
    }
    for (let length = 0; length < sealed.length; length += 7) {
      expect(() => vault.open('target/shop', sealed.subarray(0, length))).toThrow();
    }
  });

  it('opens what an earlier key sealed, knows it, and seals with the new one', () => {
    const old = new Vault(key(1)).seal('target/shop', secret);
    const rotated = new Vault(key(2), [key(1)]);
    expect(rotated.open('target/shop', old)).toEqual(secret);
    expect([rotated.isCurrent(old), rotated.isCurrent(rotated.seal('target/shop', secret))]).toEqual([
      false,
      true,
    ]);
    expect(() => new Vault(key(2)).open('target/shop', old)).toThrow(/master key that is not configured/);
  });

  it('never puts the secret or a key into an error', () => {
    const vault = new Vault(key(1));
    const sealed = vault.seal('n', secret);
    expect(() => vault.open('other', sealed)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('horse') }),
    );
  });
});
