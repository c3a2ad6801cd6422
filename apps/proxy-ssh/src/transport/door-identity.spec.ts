import { describe, expect, it, jest } from '@jest/globals';
import { temporaryDirectory } from '@sallyport/testing';
import { statSync } from 'node:fs';
import { DoorIdentity, type HostKeyCertifier } from './door-identity.ts';
import { Ed25519Key, loadHostKey } from './host-key.ts';

const identity = (certifier: HostKeyCertifier, nowMs = () => 0, onProblem: () => void = () => undefined) =>
  new DoorIdentity({ key: Ed25519Key.generate(), certifier, hostNames: ['door'], onProblem, nowMs });

describe('DoorIdentity', () => {
  it('shows the certificate for as long as it is valid', async () => {
    let nowMs = 0;
    const door = identity(
      {
        certifyHostKey: () =>
          Promise.resolve({
            certificate: Buffer.from('certificate'),
            userCaPublicKeys: [Buffer.from('ca')],
            expiresAt: new Date(1000),
          }),
      },
      () => nowMs,
    );
    await door.start();
    expect(door.certificate?.getPublicSSH().toString()).toBe('certificate');
    expect(door.userAuthorities.map(String)).toEqual(['ca']);
    nowMs = 1000;
    expect(door.certificate).toBeNull();
    door.close();
  });

  it('shows its plain key when there is no certificate to be had, and goes on asking', async () => {
    jest.useFakeTimers();
    const onProblem = jest.fn();
    const certifyHostKey = jest.fn<HostKeyCertifier['certifyHostKey']>().mockRejectedValue(new Error('away'));
    const door = identity({ certifyHostKey }, () => 0, onProblem);
    await door.start();
    expect([door.certificate, onProblem.mock.calls.length]).toEqual([null, 1]);
    await jest.advanceTimersByTimeAsync(30_000);
    expect(certifyHostKey).toHaveBeenCalledTimes(2);
    door.close();
    await jest.advanceTimersByTimeAsync(120_000);
    expect(certifyHostKey).toHaveBeenCalledTimes(2);
    jest.useRealTimers();
  });
});

describe('loadHostKey', () => {
  it('makes a key at the first start that only its owner reads, and keeps it', () => {
    using directory = temporaryDirectory('host-key');
    const file = directory.join('state', 'host-key.pem');
    const first = loadHostKey(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(loadHostKey(file).getPublicSSH().equals(first.getPublicSSH())).toBe(true);
  });
});
