import { AccessError } from '@sallyport/errors';

/**
 * Settings that a client may bring without a decision: they change how values
 * are shown or how long things may take, never what a name means or who acts.
 * Whatever else it brings is decided on as the SET that it is.
 */
const HARMLESS: ReadonlySet<string> = new Set([
  'application_name',
  'bytea_output',
  'client_encoding',
  'client_min_messages',
  'datestyle',
  'default_transaction_deferrable',
  'default_transaction_isolation',
  'default_transaction_read_only',
  'extra_float_digits',
  'geqo',
  'idle_in_transaction_session_timeout',
  'idle_session_timeout',
  'intervalstyle',
  'jit',
  'lock_timeout',
  'statement_timeout',
  'tcp_keepalives_idle',
  'timezone',
]);

/** Names in a StartupMessage that are not settings. */
const NOT_SETTINGS: ReadonlySet<string> = new Set(['user', 'database', 'replication', 'options']);

const SETTING_NAME = /^[a-z_][a-z0-9_.]*$/;

export interface StartupSettings {
  /** Go into the upstream's own StartupMessage. */
  readonly harmless: ReadonlyMap<string, string>;
  /** Are decided on, and run as SET, before the session begins. */
  readonly decided: ReadonlyMap<string, string>;
}

/**
 * Sorts what a StartupMessage brings, its `options` (PGOPTIONS) included.
 * @throws AccessError feature_not_supported for server switches other than settings
 */
export function sortStartupSettings(parameters: ReadonlyMap<string, string>): StartupSettings {
  const harmless = new Map<string, string>();
  const decided = new Map<string, string>();
  const add = (rawName: string, value: string) => {
    const name = rawName.toLowerCase().replaceAll('-', '_');
    if (!SETTING_NAME.test(name)) throw unsupported('A setting in the startup packet has no valid name.');
    (HARMLESS.has(name) ? harmless : decided).set(name, value);
  };
  for (const [name, value] of parameters) {
    if (NOT_SETTINGS.has(name) || name.startsWith('_pq_.')) continue;
    add(name, value);
  }
  for (const [name, value] of parseOptions(parameters.get('options') ?? '')) add(name, value);
  return { harmless, decided };
}

/** `-c name=value`, `-cname=value` and `--name=value`, words as pg_split_opts splits them. */
function parseOptions(options: string): [string, string][] {
  const words = splitWords(options);
  const settings: [string, string][] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    const assignment = word === '-c' ? (words[++index] ?? '') : assignmentOf(word);
    const equals = assignment?.indexOf('=') ?? -1;
    if (assignment === null || equals < 1) {
      throw unsupported('The startup packet asks for a server option that is not a setting.');
    }
    settings.push([assignment.slice(0, equals), assignment.slice(equals + 1)]);
  }
  return settings;
}

function assignmentOf(word: string): string | null {
  if (word.startsWith('--')) return word.slice(2);
  return word.startsWith('-c') ? word.slice(2) : null;
}

/** Words are parted by white space; a backslash takes the next character as it is. */
function splitWords(options: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  for (let index = 0; index < options.length; index++) {
    const character = options.charAt(index);
    if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + (character === '\\' ? options.charAt(++index) : character);
    }
  }
  if (word !== null) words.push(word);
  return words;
}

function unsupported(message: string): AccessError {
  return new AccessError('feature_not_supported', message);
}
