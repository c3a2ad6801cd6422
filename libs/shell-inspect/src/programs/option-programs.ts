import type { Argument } from '../words/argument.ts';
import type { Invocation, ProgramRule } from './invocation.ts';

/**
 * Programs that run code only with certain options. Short options are looked for in clusters, long ones by the
 * beginning that is enough for getopt.
 */
const DANGEROUS: Readonly<Record<string, RegExp>> = {
  zip: /^-[^-]*T|^--(?:te|u)/,
  sort: /^--co/,
  split: /^--f/,
  install: /^--strip|^-[^-]*s/,
  cpio: /^--rs|^-[^-]*[FIO]|^--(?:file|rmt)/,
  wget: /^-[^-]*e|^--(?:exe|use-a|conf|ask)/,
  curl: /^--(?:engine|config)|^-[^-]*K/,
  openssl: /^-(?:engine|loader_engine|provider|provider-path|config|propquery|pre|asn1conf)/,
  'ssh-keygen': /^-[^-]*[DMYw]/,
  tcpdump: /^-[^-]*z|^--postrotate/,
  nmap: /^--(?:script|interactive|datadir|servicedb|versiondb|stylesheet)|^-[^-]*[CA]/,
  apt: /^-[^-]*[oc]|^--(?:option|config)/,
  'apt-get': /^-[^-]*[oc]|^--(?:option|config)/,
  'apt-cache': /^-[^-]*[oc]|^--(?:option|config)/,
  aptitude: /^-[^-]*[oc]|^--(?:option|config)/,
  dpkg: /^--(?:pre-inv|post-inv|status-log|admindir|root|instdir)/,
  rpm: /^--(?:eval|define|pipe|macros|rcfile|load|root)|^-[^-]*[DE]/,
  dnf: /^--(?:setopt|config)|^-[^-]*c/,
  yum: /^--(?:setopt|config)|^-[^-]*c/,
  zypper: /^--(?:config|plus)|^-[^-]*c/,
  systemctl: /^(?:edit|--host|--machine|--root)|^-[^-]*[HM]/,
  journalctl: /^-[^-]*M|^--(?:machine|root|image)/,
  loginctl: /^-[^-]*[HM]|^--(?:host|machine)/,
  hostnamectl: /^-[^-]*[HM]|^--(?:host|machine)/,
  rg: /^--(?:pre|hostname-bin)/,
  fd: /^-[^-]*[xX]|^--exec/,
  fdfind: /^-[^-]*[xX]|^--exec/,
  locate: /^--?conf/,
  scp: /^-[^-]*[SoFJDX]/,
  'ssh-copy-id': /^-[^-]*[oFi]/,
  'ssh-keyscan': /^-[^-]*f$/,
  mount: /^-[^-]*[oti]|^--(?:options|types|source)/,
  jq: /^-[^-]*[L]|^--(?:library|from)/,
  yq: /^--(?:from-file|split-exp)/,
  diff: /^-[^-]*l|^--pag/,
  nginx: /^-[^-]*[cgp]/,
  sshd: /^-[^-]*[foChE]/,
  terraform: /./,
  tofu: /./,
  patch: /^--get|^-[^-]*g/,
  xsltproc: /^--(?:load|path)/,
  convert: /./,
  magick: /./,
  'git-shell': /./,
};

function openByOption(invocation: Invocation): undefined {
  const pattern = DANGEROUS[invocation.kind];
  if (pattern !== undefined && invocation.args.some((arg) => mayMatch(arg, pattern))) {
    invocation.unknown(`options of ${invocation.kind} that run code`);
  }
  return undefined;
}

/** Whether a word is, or may be, such an option. */
function mayMatch(arg: Argument, pattern: RegExp): boolean {
  return pattern.test(arg.text) || (!arg.isConstant && arg.mayBeOptions);
}

/** In a server that a client's rsync started, `-e` only tells what the client can do. */
function openRsync(invocation: Invocation): undefined {
  const isServer = invocation.args[0]?.text === '--server';
  const pattern = isServer
    ? /^--(?:daemon|conf|rsh|rsync-p|dparam)|^-M/
    : /^--(?:daemon|conf|rsh|rsync-p|rem|dparam|e)|^-[^-]*[eM]/;
  const args = invocation.args.filter((arg, i) => !isPlainRsh(arg, invocation.args[i + 1]));
  if (args.some((arg) => mayMatch(arg, pattern))) invocation.unknown('options of rsync that run code');
  return undefined;
}

/** `-e ssh` is what rsync does anyway. */
function isPlainRsh({ text }: Argument, following: Argument | undefined): boolean {
  const isPlain = following?.isConstant === true && following.text === 'ssh';
  return text === '--rsh=ssh' || (isPlain && /^-[a-df-zA-LN-Z]*e$/.test(text));
}

/** Long options of tar that run nothing; so many others do that what is not listed counts. */
const TAR_LONG =
  /^--(?:create|extract|get|list|append|update|diff|compare|delete|file|gzip|gunzip|bzip2|xz|zstd|lzma|verbose|verify|directory|exclude|exclude-vcs|exclude-from|strip-components|same-owner|no-same-owner|same-permissions|preserve-permissions|no-same-permissions|owner|group|mode|mtime|numeric-owner|overwrite|keep-old-files|keep-newer-files|skip-old-files|unlink-first|wildcards|no-wildcards|anchored|no-anchored|null|files-from|sort|one-file-system|sparse|auto-compress|force-local|absolute-names|dereference|hard-dereference|totals|no-recursion|recursion|format|posix|xattrs|no-xattrs|acls|selinux|warning|checkpoint|ignore-failed-read|remove-files|to-stdout|show-transformed-names|newer|after-date|touch|help|version)(?:=|$)/;

function openTar(invocation: Invocation): undefined {
  invocation.args.forEach((arg, i) => {
    const isCluster = /^-[^-]/.test(arg.text) || (i === 0 && !arg.text.startsWith('-'));
    const isDangerous =
      (!arg.isConstant && arg.mayBeOptions) ||
      (arg.text.startsWith('--') && arg.text !== '--' && !TAR_LONG.test(arg.text)) ||
      (isCluster && /[IF]/.test(arg.text)) ||
      // An archive on another host is reached through a program.
      /:/.test(arg.text);
    if (isDangerous) invocation.unknown('options of tar that run code');
  });
  return undefined;
}

/** `dd of=f` writes, `if=f` reads. */
function openDd(invocation: Invocation): undefined {
  for (const arg of invocation.args) {
    const { text } = arg;
    const path = { ...arg, text: text.slice(3), canonical: arg.canonical.replace(/^'?[io]f=/, '') };
    if (text.startsWith('of=')) invocation.write(path);
    else if (text.startsWith('if=')) invocation.read(path);
    else if (!arg.isConstant) invocation.unknown('words of dd that are not known');
  }
  return undefined;
}

/** `top` runs what its own file says, on a key. In batch mode nobody presses one. */
function openTop(invocation: Invocation): undefined {
  const isBatch = invocation.args.some(({ text, isConstant }) => isConstant && /^-[a-zA-Z]*b/.test(text));
  if (!isBatch) invocation.unknown('an interactive program');
  return undefined;
}

/** `nslookup` and the like ask for more where no words are given; harmless. Pagers on a terminal are not. */
const PAGING = [
  'systemctl',
  'journalctl',
  'loginctl',
  'hostnamectl',
  'timedatectl',
  'localectl',
  'coredumpctl',
  'zypper',
];

function openPaging(invocation: Invocation): undefined {
  openByOption(invocation);
  const isPiped = invocation.args.some(({ text }) => text === '--no-pager');
  if (invocation.hasTerminal && !isPiped && invocation.kind !== 'zypper') {
    invocation.unknown(`a pager that ${invocation.kind} starts on a terminal`);
  }
  return undefined;
}

export const OPTION_RULES: ReadonlyMap<string, ProgramRule> = new Map<string, ProgramRule>([
  ...Object.keys(DANGEROUS).map((name): [string, ProgramRule] => [name, { open: openByOption }]),
  ...PAGING.map((name): [string, ProgramRule] => [name, { open: openPaging }]),
  ['rsync', { open: openRsync }],
  ['tar', { open: openTar }],
  ['bsdtar', { open: openTar }],
  ['dd', { open: openDd, takesData: true }],
  ['top', { open: openTop }],
]);
