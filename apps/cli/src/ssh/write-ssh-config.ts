import { readFile, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CliError, reasonOf, systemCode } from '../cli-error.ts';
import { writePrivateFile } from '../connection/private-file.ts';
import type { Settings } from '../connection/settings.ts';
import type { Invocation } from '../invocation.ts';
import { tokenToUse } from '../login/session-token.ts';
import type { World } from '../world.ts';
import { findReachableHosts } from './reachable-hosts.ts';
import { renderSshConfig } from './ssh-config-text.ts';
import { sshFiles, type SshFiles } from './ssh-files.ts';

/** Prints a configuration for ssh in which targets are hosts; with --write, has ssh use it. */
export async function writeSshConfig(invocation: Invocation): Promise<void> {
  const { world, output } = invocation;
  const settings = await invocation.settings();
  const files = sshFiles(world, settings);
  const renewal = renewalOf(world, settings);
  const reachable = await findReachableHosts(settings, await tokenToUse(world, settings));
  const text = renderSshConfig({ ...reachable, files, url: settings.url, renewal });
  if (!invocation.flag('write')) {
    await output.answer(
      () => ({ config: text }),
      () => output.verbatim(text),
    );
    return;
  }
  const written = hostsFile(files);
  await writePrivateFile(written, text);
  const userConfig = join(world.homeDirectory, '.ssh', 'config');
  const included = await include(userConfig, written);
  const names = reachable.hosts.map(({ name }) => name);
  await output.answer(
    () => ({ file: written, userConfig, included, hosts: names }),
    () => {
      output.line(
        `${written} has ${names.length} ${names.length === 1 ? 'target' : 'targets'}: ${names.join(', ')}`,
      );
      if (included) output.line(`${userConfig} includes it from now on.`);
      const [name = 'TARGET'] = names;
      output.say(`Now "ssh ${name}" works, and whatever uses ssh. Run this again when your targets change.`);
    },
  );
}

/** Not the file that "sallyport ssh" writes at each run: that one stands in place of ssh's own configuration. */
function hostsFile({ directory }: SshFiles): string {
  return join(directory, 'hosts');
}

/** Settings that the program, run by ssh, must have as now. */
const KEPT_VARIABLES = ['SALLYPORT_CONFIG_DIR', 'SALLYPORT_ALLOW_PLAINTEXT', 'NODE_EXTRA_CA_CERTS'];

function renewalOf({ env, ownCommand }: World, { url, token }: Settings): readonly string[] {
  if (token.kind === 'given' && token.file === undefined)
    throw new CliError('usage', 'A token in a variable cannot be renewed when ssh runs later.', {
      next: 'Log in with "sallyport login", or name a file with --token-file.',
    });
  const variables = KEPT_VARIABLES.flatMap((name) => {
    const value = env[name] ?? '';
    return value === '' ? [] : [`${name}=${value}`];
  });
  const file =
    token.kind === 'given' && token.file !== undefined ? ['--token-file', resolve(token.file)] : [];
  return [
    ...(variables.length === 0 ? [] : ['env', ...variables]),
    ...ownCommand,
    '--url',
    url,
    ...file,
    'ssh-cert',
    '--ensure',
  ];
}

/** Has the caller's configuration of ssh include the file, first, so that it counts before `Host *`. Gives whether it did not yet. */
async function include(userConfig: string, file: string): Promise<boolean> {
  const line = `Include "${file}"`;
  try {
    const content = await readExisting(userConfig);
    if (content?.split(/\r?\n/).includes(line) === true) return false;
    // Where it is a link, into somebody's dotfiles, it stays one.
    const target = content === undefined ? userConfig : await realpath(userConfig);
    await writePrivateFile(target, `${line}\n${content === undefined ? '' : `\n${content}`}`);
    return true;
  } catch (error) {
    throw new CliError('failed', `${userConfig} cannot be changed.`, {
      reason: reasonOf(error),
      next: `Put this line at its top yourself: ${line}`,
    });
  }
}

async function readExisting(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
