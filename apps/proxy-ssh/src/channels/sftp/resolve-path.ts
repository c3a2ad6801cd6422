import type { ResolvedPath } from './sftp-ask.ts';
import type { PathUse } from './sftp-operation.ts';
import { absolutePath, leadsUp, pathText } from './sftp-path.ts';
import type { SftpTarget } from './sftp-target.ts';

const UNCLEAR = 'Where the path leads cannot be told, so nobody can decide on it.';

/** Where a path leads, by its text and by the target's word. `start`: where relative ones begin; null: not known. */
export async function resolvePath(
  target: SftpTarget,
  start: string | null,
  { path, follows }: PathUse,
): Promise<ResolvedPath> {
  const whole = follows ? await target.realPath(path) : null;
  const real = whole ?? (await target.realFolder(path));
  const resolved = resolvedAs(path, real, start);
  // What is not there yet is in its folder; a link that the target cannot follow may lead anywhere once it can.
  const isUnclear = follows && whole === null && (await target.isLink(path));
  return isUnclear ? { ...resolved, problem: UNCLEAR } : resolved;
}

/** As `resolvePath`, where the target has been asked. */
export function resolvedAs(path: Buffer, real: Buffer | null, start: string | null): ResolvedPath {
  const text = pathText(path);
  const absolute = absolutePath(text, start);
  return {
    named: absolute ?? text,
    real: real === null ? null : pathText(real),
    problem: real === null && (absolute === null || leadsUp(path)) ? UNCLEAR : null,
  };
}
