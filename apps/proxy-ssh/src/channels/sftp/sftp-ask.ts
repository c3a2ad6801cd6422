import type { Effect, EffectObject } from '@sallyport/policy-sdk';
import type { StatementAsk } from '../../stages/classify/statement-ask.ts';
import { READ_ONLY_ACTIONS, type SftpOperation } from './sftp-operation.ts';

/** Where a path leads. */
export interface ResolvedPath {
  /** As it was named, absolute and normalised; as written where that cannot be. */
  readonly named: string;
  /** What the target says that it is; null: it did not say. */
  readonly real: string | null;
  /** Set where nobody can tell which file is meant. */
  readonly problem: string | null;
}

/** What a channel for files is opened for: nothing yet, but what comes is decided one by one. */
export function transferAsk(): StatementAsk {
  return {
    kind: 'ssh.sftp',
    effects: [{ action: 'ssh.sftp.session', objects: [], readOnly: true }],
    text: 'sftp',
    exactText: 'sftp',
    context: [],
    fields: { operation: 'session' },
  };
}

/** An operation on paths, decided on by what they were named and by what they are. */
export function operationAsk(
  operation: SftpOperation,
  paths: readonly ResolvedPath[],
  kind = 'ssh.sftp',
): StatementAsk {
  const { name, actions, details } = operation;
  const effects = actions.map(({ action, on }): Effect => ({
    action,
    objects: on.flatMap((index) => objectsOf(paths[index])),
    readOnly: READ_ONLY_ACTIONS.has(action),
  }));
  const named = paths.map((path) => path.named);
  const real = paths.map((path) => path.real ?? path.named);
  const problem = paths.find((path) => path.problem !== null)?.problem ?? null;
  const asked = { ...details, paths: named, realPaths: real };
  return {
    kind,
    effects,
    text: [name, ...named].join(' '),
    exactText: JSON.stringify({ name, ...asked }),
    context: [],
    fields: { operation: name, ...asked },
    ...(problem === null ? {} : { refusal: { code: 'statement_not_understood', message: problem } }),
  };
}

function objectsOf(path: ResolvedPath | undefined): readonly EffectObject[] {
  if (path === undefined) throw new Error('an action is on a path that its operation does not have');
  const { named, real } = path;
  const names = real === null || real === named ? [named] : [named, real];
  return names.map((name) => ({ kind: 'path', name }));
}
