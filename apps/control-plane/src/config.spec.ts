import { describe, expect, it } from '@jest/globals';
import { readConfig } from '@sallyport/service-kit';
import { controlPlaneConfig } from './config.ts';

function read(env: Record<string, string>) {
  return readConfig({ name: 'control-plane', schema: controlPlaneConfig, argv: [], env });
}

describe('the configuration', () => {
  it('has a default for everything, and listens on loopback', () => {
    const outcome = read({});
    expect(outcome).toMatchObject({
      kind: 'run',
      config: {
        admin: { host: '127.0.0.1', port: 8400 },
        dataPlane: { host: '127.0.0.1', port: 8401 },
        masterKey: { create: false },
        bootstrapAdmins: [],
      },
    });
  });

  it('serves tokens without TLS on loopback only, unless a setting says so by name', () => {
    expect(read({ SALLYPORT_ADMIN_HOST: '0.0.0.0' })).toMatchObject({
      kind: 'exit',
      code: 1,
      text: expect.stringContaining('admin.tls'),
    });
    expect(read({ SALLYPORT_ADMIN_HOST: '0.0.0.0', SALLYPORT_ADMIN_ALLOW_PLAINTEXT: 'true' }).kind).toBe(
      'run',
    );
    expect(read({ SALLYPORT_ADMIN_HOST: '::1' }).kind).toBe('run');
  });

  it('takes administrators as subjects, and none that would be everybody', () => {
    expect(read({ SALLYPORT_BOOTSTRAP_ADMINS: '[{ group: platform }]' }).kind).toBe('run');
    expect(read({ SALLYPORT_BOOTSTRAP_ADMINS: '[{}]' }).kind).toBe('exit');
    expect(read({ SALLYPORT_BOOTSTRAP_ADMINS: '[{ grup: platform }]' }).kind).toBe('exit');
  });
});
