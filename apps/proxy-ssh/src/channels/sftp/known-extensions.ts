import type { SftpExtension } from '@sallyport/codec-ssh';

/** Extensions whose requests can be decided on; a caller hears of no others. */
const KNOWN: ReadonlySet<string> = new Set([
  'posix-rename@openssh.com',
  'statvfs@openssh.com',
  'fstatvfs@openssh.com',
  'hardlink@openssh.com',
  'fsync@openssh.com',
  'lsetstat@openssh.com',
  'limits@openssh.com',
  'expand-path@openssh.com',
  'copy-data',
  'home-directory',
  'users-groups-by-id@openssh.com',
]);

/** Of what a target announces, what its caller is told. */
export function knownExtensions(announced: readonly SftpExtension[]): readonly SftpExtension[] {
  return announced.filter(({ name }) => KNOWN.has(name));
}
