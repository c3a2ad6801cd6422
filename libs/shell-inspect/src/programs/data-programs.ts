import type { Argument } from '../words/argument.ts';
import type { ProgramRule } from './invocation.ts';

/** Programs that change nothing and run nothing, whatever their words are. */
const READ_ONLY = `
  : true false pwd echo cat tac head tail cut tr comm paste fold fmt nl od hexdump strings base32 base64 md5sum sha1sum
  sha224sum sha256sum sha384sum sha512sum b2sum cksum sum basename dirname realpath readlink sleep seq expr factor
  which type whence whereis id whoami groups logname arch nproc uname uptime free df du ls dir vdir stat wc grep egrep
  fgrep zgrep zcat bzcat xzcat ps pgrep pidof pstree lscpu lsblk lsmod lspci lsusb vmstat iostat mpstat w who
  users last lastlog getent printenv locale tty cmp ping ping6 dig host getconf numfmt bc cd pushd popd
  dirs times umask yes tput rev column expand unexpand look findmnt blkid getfacl lsattr mountpoint pathchk
`;

/** Programs that change something, but run nothing, whatever their words are. */
const CHANGING = `
  cp mv rm ln mkdir rmdir touch chmod chown chgrp tee truncate mkfifo mknod mktemp shred sync kill pkill killall renice fuser
  gzip gunzip bzip2 bunzip2 xz unxz zstd unzstd lz4 unzip uniq xxd shuf csplit logger chattr setfacl setfattr
  reboot shutdown poweroff halt useradd userdel usermod groupadd groupdel passwd chpasswd chsh
  hostname date dmesg netstat ss lsof umount swapon swapoff mkswap mkfs fdisk parted iptables
  ip6tables nft ufw iconv dos2unix unix2dos link unlink chage ulimit getopt nslookup traceroute tracepath file
`;

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

const hasNone =
  (pattern: RegExp) =>
  (args: readonly Argument[]): boolean =>
    args.every(({ text, isConstant }) => isConstant && !pattern.test(text));

/** Programs that only read with most words: what these match makes them change something. */
const READ_ONLY_WITHOUT: Readonly<Record<string, RegExp>> = {
  date: /^-[^-]*s|^--set|^[^-+]/,
  hostname: /^[^-]|^-[^-]*[Fby]|^--(?:file|boot)/,
  dmesg: /^-[^-]*[cCDEn]|^--(?:clear|read-clear|console)/,
  ss: /^-[^-]*[KD]|^--(?:kill|diag)/,
  netstat: /^$/,
  lsof: /^-[^-]*D|^\+/,
  file: /^-[^-]*C|^--compile/,
  uniq: /^[^-]/,
  xxd: /^-r|^[^-]/,
  nslookup: /^$/,
  traceroute: /^$/,
  tracepath: /^$/,
  shuf: /^-[^-]*o|^--o/,
  ulimit: /^[^-]/,
  getopt: /^$/,
};

/** The same for programs whose words must be told: which options run code is said elsewhere. */
export const READ_ONLY_OPTIONS: ReadonlyMap<string, (args: readonly Argument[]) => boolean> = new Map(
  Object.entries({
    sort: hasNone(/^-[^-]*[oT]|^--(?:o|te|co|fi)/),
    jq: hasNone(/^-[^-]*[Lf]|^--(?:library|from)/),
    rg: hasNone(/^--(?:pre|hostname)/),
    fd: hasNone(/^-[^-]*[xX]|^--exec/),
    diff: hasNone(/^-[^-]*l|^--pag/),
    systemctl: readOnlyVerb(/^(?:status|show|cat|is-active|is-enabled|is-failed|list-[a-z]+|get-default)$/),
    journalctl: hasNone(/^--(?:vac|rot|flu|sync|rel|upd|set|smart|root|mach|ima|cur)|^-[^-]*M/),
    docker: readOnlyVerb(/^(?:ps|logs|inspect|images|info|version|stats|top|port|diff|history)$/),
    podman: readOnlyVerb(/^(?:ps|logs|inspect|images|info|version|stats|top|port|diff|history)$/),
    kubectl: readOnlyVerb(
      /^(?:get|describe|logs|top|explain|version|api-resources|api-versions|cluster-info)$/,
    ),
    'apt-cache': readOnlyVerb(/^(?:policy|show|search|depends|rdepends|madison)$/),
  }),
);

/** The first word says it all. */
function readOnlyVerb(verb: RegExp): (args: readonly Argument[]) => boolean {
  return ([first, ...rest]) =>
    first?.isConstant === true && verb.test(first.text) && rest.every(({ isTold }) => isTold);
}

export const DATA_RULES: ReadonlyMap<string, ProgramRule> = new Map<string, ProgramRule>([
  ...words(READ_ONLY).map((name): [string, ProgramRule] => [
    name,
    { takesData: true, isReadOnly: () => true },
  ]),
  ...words(CHANGING).map((name): [string, ProgramRule] => {
    const pattern = READ_ONLY_WITHOUT[name];
    return [
      name,
      pattern === undefined ? { takesData: true } : { takesData: true, isReadOnly: hasNone(pattern) },
    ];
  }),
]);
