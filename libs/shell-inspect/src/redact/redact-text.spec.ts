import { describe, expect, it } from '@jest/globals';
import { inspectShell } from '../inspect-shell.ts';

const SECRET = 'hunter2x';

/** Texts that hold the secret. */
const TEXTS = [
  `PGPASSWORD=${SECRET} psql`,
  `export DB_PASSWORD='${SECRET}'`,
  `API_TOKEN="${SECRET}" ./run`,
  `env MYSQL_PWD=${SECRET} mysql`,
  `mysql -p${SECRET} -e 'select 1'`,
  `sshpass -p ${SECRET} ssh host ls`,
  `curl -u bob:${SECRET} http://h`,
  `curl --user=bob:${SECRET} http://h`,
  `curl -H 'Authorization: Bearer ${SECRET}' http://h`,
  `curl -H "X-Api-Key: ${SECRET}" http://h`,
  `curl https://bob:${SECRET}@h/x`,
  `git clone https://x:${SECRET}@h/r.git`,
  `psql postgres://bob:${SECRET}@h/db`,
  `tool --password ${SECRET}`,
  `tool --password=${SECRET} --verbose`,
  `tool --client-secret '${SECRET}'`,
  `tool --db-password="${SECRET}"`,
  `docker login -u bob -p ${SECRET} registry`,
  `redis-cli -a ${SECRET} ping`,
  `ldapsearch -x -w ${SECRET}`,
  `openssl rsa -passin pass:${SECRET}`,
  `htpasswd -b f bob ${SECRET}`,
  `curl -d '{"user":"bob","password":"${SECRET}"}' http://h`,
  `zip -P ${SECRET} a.zip b`,
  `sh -c "mysql -p${SECRET}"`,
  `sudo sh -c 'curl -u bob:${SECRET} h'`,
  `ssh host PGPASSWORD=${SECRET} psql`,
  `eval "curl -u bob:${SECRET} h"`,
  `sudo mysql -p${SECRET} -e x`,
  `env nice curl -u bob:${SECRET} h`,
  `[[ -n $(curl -u bob:${SECRET} h) ]]`,
  `cat < $(curl -u bob:${SECRET} h)`,
  `$(curl -u bob:${SECRET} h) x`,
  `echo $(curl -u bob:${SECRET} h)`,
  `echo \`curl -u bob:${SECRET} h\``,
  `cat <<E\n$(curl -u bob:${SECRET} h)\nE`,
  `echo "--password=${SECRET}`,
  `if curl -u bob:x -H 'Authorization: Basic ${SECRET}'`,
];

describe('secrets', () => {
  it.each(TEXTS)('are not shown: %s', (text) => {
    const inspection = inspectShell(text);
    expect(inspection.redactedText).not.toContain(SECRET);
    expect(inspection.redactedText).toContain('***');
    if (!inspection.ok) return;
    expect(JSON.stringify(inspection.effects)).not.toContain(SECRET);
    expect(JSON.stringify(inspection.commands)).not.toContain(SECRET);
    expect(JSON.stringify(inspection.unknowns)).not.toContain(SECRET);
  });

  it.each([
    'AKIAABCDEFGHIJKLMNOP',
    `ghp_${'a1'.repeat(18)}`,
    'glpat-abcdefghij0123456789',
    'eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl',
    '-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn\n-----END OPENSSH PRIVATE KEY-----',
  ])('show by their form alone: %s', (token) => {
    expect(inspectShell(`echo '${token}'`).redactedText).toBe("echo '***'");
  });

  it('are replaced where they are short', () => {
    expect(inspectShell('sshpass -p ab ssh host cab').redactedText).toBe('sshpass -p *** ssh host cab');
  });

  it.each([
    'ls -p /srv',
    'cd $OLDPWD; echo "$PWD"',
    'mysql -p',
    'passwd bob',
    'systemctl restart token-service',
    'grep -r password /etc',
    'tool --password-file /run/secret',
    'PASSWORD=$(cat /run/secret) ./run',
    'sed s/://g f',
    'cp -u a:b c',
    'ssh user@host',
  ])('are not seen where none are: %s', (text) => {
    expect(inspectShell(text).redactedText).toBe(text);
  });

  it('do not hide other commands that hold the same text', () => {
    const inspection = inspectShell('curl -u bob:restart h; systemctl restart db');
    expect(inspection).toMatchObject({
      ok: true,
      commands: [{ canonical: "curl -u 'bob:***' h" }, { canonical: 'systemctl restart db' }],
    });
  });
});
