import type { Argument } from '../words/argument.ts';

/** What stands in the place of a secret. */
export const MASK = '***';

const SECRET_NAME =
  /(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credentials?|auth)$/i;

/** Whether a variable or option of this name holds a secret: `PGPASSWORD`, `--client-secret`, `API_KEY`. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) && !/^(?:old)?pwd$|askpass$/i.test(name);
}

/** Options of single programs whose value is a secret; the value follows, or is in the same word. */
const SECRET_OPTIONS: Readonly<Record<string, RegExp>> = {
  sshpass: /^-p/,
  mysql: /^-p/,
  mysqldump: /^-p/,
  mysqladmin: /^-p/,
  mariadb: /^-p/,
  'mariadb-dump': /^-p/,
  mongo: /^-p/,
  mongosh: /^-p/,
  mongodump: /^-p/,
  'redis-cli': /^-a/,
  ldapsearch: /^-w/,
  ldapmodify: /^-w/,
  ldapadd: /^-w/,
  docker: /^-p/,
  podman: /^-p/,
  zip: /^-P/,
  unzip: /^-P/,
  '7z': /^-p/,
  '7za': /^-p/,
  sqlcmd: /^-P/,
  bcp: /^-P/,
  ipmitool: /^-P/,
  snmpwalk: /^-[AXc]/,
  snmpget: /^-[AXc]/,
  sqlplus: /^$/,
  svn: /^$/,
};

/** Programs whose option takes its value only in the same word: `mysql -p` alone asks for it. */
const ATTACHED_ONLY = /^(?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump|7za?)$/;

const PASSWORD_OPTION = /^--?([\w-]+)$/;
const JOINED_OPTION = /^(?:--?)?([\w-]+)[=:](.+)$/s;
const USER_OPTION = /^(?:-u|-U|--user|--proxy-user|--userpwd)$/;

/** The secret in each word that holds one, by the word's place. */
export function secretsOf(kind: string, args: readonly Argument[]): ReadonlyMap<number, string> {
  const secrets = new Map<number, string>();
  args.forEach(({ text, isConstant }, i) => {
    if (!isConstant) return;
    const following = args[i + 1];
    const joined = JOINED_OPTION.exec(text);
    if (joined !== null && isSecretName(joined[1] ?? '')) secrets.set(i, joined[2] ?? '');
    const option = PASSWORD_OPTION.exec(text)?.[1];
    if (option !== undefined && text.startsWith('--') && isSecretName(option)) add(secrets, i + 1, following);
    addOfProgram(kind, text, i, following, secrets);
    addUserPassword(kind, text, i, following, secrets);
  });
  if (kind === 'htpasswd') add(secrets, args.length - 1, isBatch(args) ? args.at(-1) : undefined);
  return secrets;
}

function isBatch(args: readonly Argument[]): boolean {
  return args.some(({ text }) => /^-[a-zA-Z]*b/.test(text));
}

function add(secrets: Map<number, string>, index: number, arg: Argument | undefined): void {
  if (arg?.isConstant === true && arg.text !== '' && !arg.text.startsWith('-')) secrets.set(index, arg.text);
}

function addOfProgram(
  kind: string,
  text: string,
  index: number,
  following: Argument | undefined,
  secrets: Map<number, string>,
): void {
  const pattern = SECRET_OPTIONS[kind];
  if (pattern?.test(text) !== true) return;
  if (text.length > 2) secrets.set(index, text.slice(2));
  else if (!ATTACHED_ONLY.test(kind)) add(secrets, index + 1, following);
}

/** `curl -u user:password`, `-uuser:password`. */
function addUserPassword(
  kind: string,
  text: string,
  index: number,
  following: Argument | undefined,
  secrets: Map<number, string>,
): void {
  if (!/^(?:curl|http|https|xh|smbclient|rpcclient|net)$/.test(kind)) return;
  const attached = /^(?:-[uU]|--(?:proxy-)?user=)([^:%]+[:%].+)$/s.exec(text)?.[1];
  if (attached !== undefined) secrets.set(index, behindUser(attached));
  else if (USER_OPTION.test(text) && following?.isConstant === true && /[:%]./.test(following.text)) {
    secrets.set(index + 1, behindUser(following.text));
  }
}

function behindUser(text: string): string {
  return text.slice(text.search(/[:%]/) + 1);
}
