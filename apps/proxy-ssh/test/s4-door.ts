import { DoorFixture } from './support/door-fixture.ts';
import { ALLOW_ALL } from './support/policies.ts';
import { writeFileSync } from 'node:fs';
const door = await DoorFixture.start({ policies: ALLOW_ALL });
door.spool.keep = false;
const env = door.env();
writeFileSync('/tmp/s4-door.env', [
  `DOOR_PORT=${door.server.port}`, `SSHD_PORT=${door.sshd.port}`, `KEY=${door.sshd.privateKeyFile}`,
  `export SSH_ASKPASS=${env['SSH_ASKPASS']} SSH_ASKPASS_REQUIRE=force SPEC_TOKEN=${env['SPEC_TOKEN']} HOME=${env['HOME']}`,
].join('\n') + '\n');
console.log('up');
process.on('SIGTERM', () => void door.stop().then(() => process.exit(0)));
setTimeout(() => process.exit(0), 55000);
