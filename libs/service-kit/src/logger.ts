import { AccessError } from '@sallyport/errors';
import { destination, pino, stdTimeFunctions, type DestinationStream, type Logger as PinoLogger } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Facts of a log line. Put a thrown value under `error`. */
export type LogFields = Readonly<Record<string, unknown>>;

/** A literal type, so that a message built from values does not compile: facts belong into fields. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- only {} tells an index signature from a literal key
export type ConstantMessage<M extends string> = {} extends Record<M, 1> ? never : M;

type LogMethod = <const M extends string>(message: ConstantMessage<M>, fields?: LogFields) => void;

/** JSON lines: a constant message, and facts in fields. */
export interface Logger {
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
  /** A logger that adds these fields to each line. */
  with(fields: LogFields): Logger;
}

export interface LoggerOptions {
  /** The service's name; the field `service` of every line. */
  readonly name: string;
  readonly level?: LogLevel | 'silent';
  /** Default: standard output, written synchronously so that a crash loses nothing. */
  readonly stream?: DestinationStream;
}

/** Fields that are never logged, at the top of a line or one or two levels down. */
const SECRET_FIELDS = [
  'accessToken',
  'authorization',
  'certificateKey',
  'cookie',
  'credential',
  'headers',
  'idToken',
  'joinToken',
  'masterKey',
  'parameters',
  'password',
  'privateKey',
  'refreshToken',
  'rows',
  'secret',
  'sql',
  'statementText',
  'token',
];

const REDACT_PATHS = SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** A logger of one service. */
export function createLogger(options: LoggerOptions): Logger {
  const settings = {
    level: options.level ?? 'info',
    base: { service: options.name },
    messageKey: 'message',
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: REDACT_PATHS, censor: '[redacted]' },
    serializers: { error: describeError },
  };
  return wrap(pino(settings, options.stream ?? destination({ dest: 1, sync: true })));
}

function wrap(inner: PinoLogger): Logger {
  const method =
    (level: LogLevel): LogMethod =>
    (message: string, fields?: LogFields) => {
      inner[level](fields ?? {}, message);
    };
  return {
    debug: method('debug'),
    info: method('info'),
    warn: method('warn'),
    error: method('error'),
    with: (fields) => wrap(inner.child(fields)),
  };
}

const MAX_CAUSES = 4;

/** An error as fields: class, message, stable codes, stack, and what caused it. */
export function describeError(thrown: unknown, depth = 0): LogFields {
  if (!(thrown instanceof Error))
    return { type: typeof thrown, message: 'a value that is not an Error was thrown' };
  const code = 'code' in thrown ? { code: thrown.code } : {};
  const facts = thrown instanceof AccessError ? { facts: thrown.facts } : {};
  const cause =
    thrown.cause === undefined || depth >= MAX_CAUSES
      ? {}
      : { cause: describeError(thrown.cause, depth + 1) };
  return { type: thrown.name, message: thrown.message, ...code, ...facts, stack: thrown.stack, ...cause };
}
