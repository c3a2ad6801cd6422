import { chmodSync, cpSync, writeFileSync } from 'node:fs';
import { inCheckout } from '../checkout.ts';
import type { StateFolder } from '../state/state-folder.ts';
import { sampleCustomer } from './sample-rows.ts';
import { sessionScript } from './sshd-config.ts';

/** A key that a service has no business to show; no issuer ever gave it. */
export const SAMPLE_API_KEY = ['sk', 'live', 'notArealKey0123456789'].join('_');

/** The home folder of the sample host's account, in which every session starts. */
export function sampleHostHome(state: StateFolder): string {
  return state.directory('ssh-host', 'home');
}

/** Puts the sample's files in place, also those that an earlier tour changed. */
export function fillSampleHost(state: StateFolder): void {
  const home = sampleHostHome(state);
  cpSync(inCheckout('tools/quickstart/sample-host'), home, { recursive: true });
  chmodSync(state.file('ssh-host', 'home', 'bin', 'systemctl'), 0o755);
  writeFileSync(
    state.file('ssh-host', 'home', 'srv', 'shop', 'settings.env'),
    `SHOP_PORT=8080\nPAYMENT_KEY=${SAMPLE_API_KEY}\nALERTS_TO=${sampleCustomer(1).email}\n`,
  );
  const session = state.file('ssh-host', 'session.sh');
  writeFileSync(session, sessionScript(home));
  chmodSync(session, 0o700);
}
