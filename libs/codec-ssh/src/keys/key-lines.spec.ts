import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fixtureBlob, fixtureText } from '../../test/fixtures.ts';
import { parseAuthorizedKeysLine } from './authorized-keys-line.ts';
import {
  formatCertAuthorityLine,
  knownHostMatches,
  parseKnownHostsLine,
  type KnownHost,
} from './known-hosts-line.ts';
import { formatPublicKeyLine, parsePublicKeyLine } from './public-key-line.ts';
import { matchesWildcard } from './wildcard.ts';

const line = fixtureText('id_ed25519').trim();
const blob = fixtureBlob('id_ed25519');
const [type = '', encoded = ''] = line.split(' ');

function known(text: string): KnownHost {
  const parsed = parseKnownHostsLine(text);
  if (!parsed.ok || parsed.value === null) throw new Error('no line of known_hosts');
  return parsed.value;
}

describe('lines with public keys', () => {
  it('reads the lines of ssh-keygen, and writes them', () => {
    expect(parsePublicKeyLine(`${line}\n`)).toEqual({
      ok: true,
      value: { type: 'ssh-ed25519', blob, comment: 'alice@example.com' },
    });
    expect(formatPublicKeyLine(blob, 'alice@example.com')).toBe(line);
    expect(parsePublicKeyLine(fixtureText('id_p521-cert'))).toMatchObject({
      ok: true,
      value: { type: 'ecdsa-sha2-nistp521-cert-v01@openssh.com' },
    });
  });

  it.each([
    ['', 'value'],
    ['ssh-ed25519', 'value'],
    [`ssh-rsa ${encoded}`, 'value'],
    [`${type} ${encoded.slice(0, 20)}!${encoded.slice(21)}`, 'encoding'],
    [`${type} AAAA`, 'truncated'],
    [`${line}\n${line}`, 'value'],
    [`${type} ${encoded} ${'c'.repeat(200_000)}`, 'limit'],
  ])('refuses %.60j', (text, reason) => {
    expect(parsePublicKeyLine(text)).toMatchObject({ ok: false, error: { reason } });
  });

  it('puts no second line into a file through a comment', () => {
    expect(formatPublicKeyLine(blob, 'a\nssh-ed25519 AAAA')).not.toContain('\n');
  });

  it('reads the options of authorized_keys, quoted ones with blanks and commas inside', () => {
    const text = `command="echo \\"a, b\\"",no-pty,from="10.0.0.0/8" ${line}`;
    expect(parseAuthorizedKeysLine(text)).toMatchObject({
      ok: true,
      value: {
        blob,
        options: [
          { name: 'command', value: 'echo "a, b"' },
          { name: 'no-pty', value: null },
          { name: 'from', value: '10.0.0.0/8' },
        ],
      },
    });
    expect(parseAuthorizedKeysLine(line)).toMatchObject({ ok: true, value: { options: [] } });
    for (const empty of ['', '  ', '# comment']) {
      expect(parseAuthorizedKeysLine(empty)).toEqual({ ok: true, value: null });
    }
    for (const broken of ['nonsense', `command="x ${line}`, `a b ${line}`, `comm"and"=x ${line}`]) {
      expect(parseAuthorizedKeysLine(broken)).toMatchObject({ ok: false });
    }
  });

  it('finds the hosts that a line of known_hosts is about', () => {
    const entry = known(`*.example.com,!bad.example.com,192.0.2.1,[db.lan]:2222 ${line}`);
    const about = (host: string, port = 22) => knownHostMatches(entry, host, port);
    expect([
      about('a.example.com'),
      about('A.Example.COM'),
      about('192.0.2.1'),
      about('db.lan', 2222),
    ]).toEqual([true, true, true, true]);
    expect([
      about('bad.example.com'),
      about('example.com'),
      about('db.lan'),
      about('192.0.2.1', 2222),
    ]).toEqual([false, false, false, false]);
  });

  it('finds hosts that are hashed', () => {
    const hashed = (salt: string, name: string) =>
      createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64');
    const salt = Buffer.from('twenty bytes of salt').toString('base64');
    const entry = known(`|1|${salt}|${hashed(salt, 'db.lan')} ${line}`);
    expect(knownHostMatches(entry, 'db.lan', 22, hashed)).toBe(true);
    expect(knownHostMatches(entry, 'db.lan', 2222, hashed)).toBe(false);
    expect(knownHostMatches(entry, 'db.lan', 22)).toBe(false);
  });

  it('reads and writes markers, and refuses unknown ones', () => {
    const key = parsePublicKeyLine(line);
    if (!key.ok) throw key.error;
    const authority = formatCertAuthorityLine(['*.example.com'], key.value);
    expect(authority).toBe(`@cert-authority *.example.com ${line}`);
    expect(known(authority)).toMatchObject({ marker: 'cert-authority', patterns: ['*.example.com'], blob });
    expect(known(`@revoked * ${line}`).marker).toBe('revoked');
    expect(parseKnownHostsLine(`@other * ${line}`)).toMatchObject({ ok: false });
    expect(parseKnownHostsLine('# comment')).toEqual({ ok: true, value: null });
  });

  it('never throws, whatever the line', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `${text} ${line}`),
        ),
        (text) => {
          for (const parse of [parsePublicKeyLine, parseAuthorizedKeysLine, parseKnownHostsLine]) {
            expect(typeof parse(text).ok).toBe('boolean');
          }
        },
      ),
    );
  });

  it('matches wildcards in bounded time', () => {
    expect(matchesWildcard(`${'*a'.repeat(500)}b`, 'a'.repeat(5000))).toBe(false);
    expect([
      matchesWildcard('a?c*', 'abc'),
      matchesWildcard('', ''),
      matchesWildcard('*', ''),
      matchesWildcard('a', ''),
    ]).toEqual([true, true, true, false]);
  });
});
