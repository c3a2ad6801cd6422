import { Buffer } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { expectCodecError, expectCodecErrorOnly } from '../../test/expect-codec-error.ts';
import {
  decodeUserauthBanner,
  decodeUserauthFailure,
  decodeUserauthInfoRequest,
  decodeUserauthInfoResponse,
  decodeUserauthPasswdChangereq,
  decodeUserauthPkOk,
  decodeUserauthRequest,
  decodeUserauthSuccess,
  encodeUserauthBanner,
  encodeUserauthFailure,
  encodeUserauthInfoRequest,
  encodeUserauthInfoResponse,
  encodeUserauthPasswdChangereq,
  encodeUserauthPkOk,
  encodeUserauthRequest,
  encodeUserauthSuccess,
  userauthSignedData,
  type PublickeyMethod,
  type UserauthMethod,
} from './index.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const key = { algorithm: 'ssh-ed25519', key: bytes('blob') };

const METHODS: readonly UserauthMethod[] = [
  { kind: 'none' },
  { kind: 'password', password: bytes('hunter2'), newPassword: null },
  { kind: 'password', password: bytes('hunter2'), newPassword: bytes('hunter3') },
  { kind: 'publickey', ...key, hostKey: null, signature: null },
  { kind: 'publickey', ...key, hostKey: null, signature: bytes('signature') },
  { kind: 'publickey-hostbound-v00@openssh.com', ...key, hostKey: bytes('host'), signature: bytes('s') },
  { kind: 'keyboard-interactive', languageTag: '', submethods: 'device' },
  { kind: 'unknown', name: 'gssapi-with-mic', data: bytes('\0\0\0\x01') },
];

const DECODERS = [
  decodeUserauthRequest,
  decodeUserauthFailure,
  decodeUserauthSuccess,
  decodeUserauthBanner,
  decodeUserauthPkOk,
  decodeUserauthPasswdChangereq,
  decodeUserauthInfoRequest,
  decodeUserauthInfoResponse,
];

describe('messages of user authentication', () => {
  it.each(METHODS.map((method) => [method.kind, method] as const))(
    'reads a request by %s as it was written',
    (_, method) => {
      const request = { user: 'root@db', service: 'ssh-connection', method };
      const payload = encodeUserauthRequest(request);
      expect(decodeUserauthRequest(payload)).toEqual({ type: 'USERAUTH_REQUEST', ...request });
      if (method.kind === 'unknown') return;
      for (let length = 0; length < payload.length; length++) {
        expectCodecError(() => decodeUserauthRequest(payload.subarray(0, length)));
      }
      expectCodecError(() => decodeUserauthRequest(Buffer.concat([payload, bytes('\0')])), 'trailing');
    },
  );

  it('signs the session id and the request up to its signature (RFC 4252, 7)', () => {
    const request = { user: 'me', service: 'ssh-connection', method: METHODS[4] as PublickeyMethod };
    const payload = encodeUserauthRequest(request);
    const signedPart = payload.subarray(0, payload.length - 4 - 'signature'.length);
    const session = bytes('session id');
    expect(userauthSignedData(session, request)).toEqual(
      Buffer.concat([bytes('\0\0\0\x0asession id'), signedPart]),
    );
    const unsigned = { ...request, method: { ...request.method, signature: null } };
    expect(userauthSignedData(session, unsigned)).toEqual(userauthSignedData(session, request));
  });

  it('signs the host key too in the host-bound form, and does not go without one', () => {
    const method = METHODS[5] as PublickeyMethod;
    const request = { user: 'me', service: 'ssh-connection', method };
    expect(userauthSignedData(bytes('id'), request).includes('host')).toBe(true);
    expectCodecError(
      () => userauthSignedData(bytes('id'), { ...request, method: { ...method, hostKey: null } }),
      'value',
    );
  });

  it('refuses user names that are cut short by a zero byte or no text', () => {
    for (const user of ['root\0@x', '\xff']) {
      const payload = Buffer.concat([
        bytes('\x32'),
        Buffer.from([0, 0, 0, user.length]),
        bytes(user),
        bytes('\0\0\0\x0essh-connection\0\0\0\x04none'),
      ]);
      expectCodecError(() => decodeUserauthRequest(payload), 'encoding');
    }
  });

  it('reads the other messages as they were written', () => {
    expect(decodeUserauthFailure(encodeUserauthFailure(['publickey', 'password'], true))).toEqual({
      type: 'USERAUTH_FAILURE',
      canContinue: ['publickey', 'password'],
      partialSuccess: true,
    });
    expect(decodeUserauthSuccess(encodeUserauthSuccess())).toEqual({ type: 'USERAUTH_SUCCESS' });
    expect(decodeUserauthBanner(encodeUserauthBanner('hello\n'))).toMatchObject({ message: 'hello\n' });
    expect(decodeUserauthPkOk(encodeUserauthPkOk(key.algorithm, key.key))).toEqual({
      type: 'USERAUTH_PK_OK',
      ...key,
    });
    expect(decodeUserauthPasswdChangereq(encodeUserauthPasswdChangereq('new one', 'en'))).toMatchObject({
      prompt: 'new one',
      languageTag: 'en',
    });
    const info = {
      name: 'Log in',
      instruction: 'Open the link.',
      prompts: [{ prompt: 'Done? ', echo: true }],
    };
    expect(decodeUserauthInfoRequest(encodeUserauthInfoRequest(info))).toMatchObject(info);
    const responses = [bytes('a\0b'), bytes('')];
    expect(decodeUserauthInfoResponse(encodeUserauthInfoResponse(responses)).responses).toEqual(responses);
  });

  it('does not believe a count of answers that cannot be there', () => {
    expectCodecError(() => decodeUserauthInfoResponse(bytes('\x3d\xff\xff\xff\xff')), 'limit');
    expectCodecError(() => decodeUserauthInfoResponse(bytes('\x3d\0\0\0\x02\0\0\0\0')), 'truncated');
  });

  it('throws nothing but its own error, whatever the bytes', () => {
    const numbers = fc.constantFrom(50, 51, 52, 53, 60, 61);
    fc.assert(
      fc.property(numbers, fc.uint8Array({ maxLength: 64 }), (number, rest) => {
        const payload = Buffer.concat([Buffer.from([number]), rest]);
        for (const decode of DECODERS) expectCodecErrorOnly(() => decode(payload));
      }),
      { numRuns: 1000 },
    );
  });
});
