import { describe, expect, it } from '@jest/globals';
import { format, inspect } from 'node:util';
import { Secret } from './secret.ts';

describe('Secret', () => {
  const secret = new Secret('hunter2');

  it('gives its value only to reveal()', () => {
    expect(secret.reveal()).toBe('hunter2');
  });

  it('shows nothing in any way that a value is turned into text', () => {
    const shown = [
      String(secret),
      // eslint-disable-next-line @typescript-eslint/restrict-template-expressions -- this is the attack
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ nested: { secret } }, { showHidden: true, depth: 9 }),
      format('%s %o %O %j', secret, secret, secret, secret),
      JSON.stringify(Object.entries(secret)),
      JSON.stringify(Object.assign({}, secret)),
    ];
    for (const text of shown) expect(text).not.toContain('hunter2');
  });
});
