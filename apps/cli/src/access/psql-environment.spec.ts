import { describe, expect, it } from '@jest/globals';
import { parseEndpoint } from '../connection/endpoint.ts';
import { psqlEnvironment } from './psql-environment.ts';

const connection = {
  host: '127.0.0.1',
  port: '15432',
  database: 'shop',
  user: 'ada',
  token: 'spt_secret',
  systemRoots: '/roots.pem',
};

describe('psqlEnvironment', () => {
  it('says where, as whom and with what', () => {
    expect(psqlEnvironment({ PATH: '/bin' }, connection)).toEqual({
      PATH: '/bin',
      PGHOST: '127.0.0.1',
      PGPORT: '15432',
      PGDATABASE: 'shop',
      PGUSER: 'ada',
      PGPASSWORD: 'spt_secret',
      PGSSLMODE: 'prefer',
    });
  });

  it.each(['PGHOSTADDR', 'PGSERVICE', 'PGSERVICEFILE', 'PGPASSFILE'])(
    'lets %s take the token nowhere else',
    (name) => {
      expect(psqlEnvironment({ [name]: 'evil.example' }, connection)).not.toHaveProperty(name);
    },
  );

  it('hands no other token on', () => {
    const env = psqlEnvironment({ SALLYPORT_TOKEN: 'wide', SALLYPORT_TOKEN_FILE: '/wide' }, connection);
    expect(Object.values(env)).not.toContain('wide');
    expect(Object.values(env)).not.toContain('/wide');
  });

  it('checks the certificate of a proxy on another machine', () => {
    expect(psqlEnvironment({}, { ...connection, host: 'db.example' })).toMatchObject({
      PGSSLMODE: 'verify-full',
      PGSSLROOTCERT: '/roots.pem',
    });
  });

  it("leaves the caller's own choice of TLS", () => {
    const env = psqlEnvironment({ PGSSLMODE: 'require' }, { ...connection, host: 'db.example' });
    expect(env['PGSSLMODE']).toBe('require');
    expect(env).not.toHaveProperty('PGSSLROOTCERT');
  });
});

describe('parseEndpoint', () => {
  it.each([
    ['127.0.0.1:15432', { host: '127.0.0.1', port: '15432' }],
    ['db.example:5432', { host: 'db.example', port: '5432' }],
    ['[::1]:15432', { host: '::1', port: '15432' }],
    ['', null],
    ['db.example', null],
    ['a b:1', null],
    [':5432', null],
  ])('reads %j', (text, endpoint) => {
    expect(parseEndpoint(text)).toEqual(endpoint);
  });
});
