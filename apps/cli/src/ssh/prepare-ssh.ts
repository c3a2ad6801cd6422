import { writePrivateFile } from '../connection/private-file.ts';
import type { Settings } from '../connection/settings.ts';
import { tokenToUse } from '../login/session-token.ts';
import type { World } from '../world.ts';
import { ensureCertificate } from './ensure-certificate.ts';
import { findReachableHosts, type ReachableHosts } from './reachable-hosts.ts';
import { renderSshConfig } from './ssh-config-text.ts';
import type { SshFiles } from './ssh-files.ts';

/** What stands behind a configuration of ours: the caller's own, then the machine's. */
const OWN_CONFIGURATION = ['~/.ssh/config', '/etc/ssh/ssh_config'];

/** A certificate, and a configuration to run ssh, scp and sftp with: targets are hosts in it, all else is as it was. */
export async function prepareSsh(
  world: World,
  settings: Settings,
): Promise<ReachableHosts & { readonly files: SshFiles }> {
  const token = await tokenToUse(world, settings);
  const [reachable, { files }] = await Promise.all([
    findReachableHosts(settings, token),
    ensureCertificate(world, settings),
  ]);
  const parts = { ...reachable, files, url: settings.url, includes: OWN_CONFIGURATION };
  await writePrivateFile(files.config, renderSshConfig(parts));
  return { ...reachable, files };
}
