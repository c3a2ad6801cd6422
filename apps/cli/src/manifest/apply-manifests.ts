import type { JsonValue } from '@bufbuild/protobuf';
import {
  AppliedChange,
  AppliedChangeSchema,
  ApplyResponseSchema,
  type ApplyResponse,
} from '@sallyport/contracts/admin';
import type { ExitName } from '../exit-code.ts';
import type { Invocation } from '../invocation.ts';
import { enumWords, messageJson } from '../output/message-json.ts';
import { formatPlace, joinSources, placeOf, readSources, type ManifestSource } from './manifest-sources.ts';

/** Applies all files as one manifest. */
export async function applyManifests(invocation: Invocation): Promise<ExitName> {
  const { output, world } = invocation;
  const dryRun = invocation.flag('dryRun');
  const sources = await readSources(invocation.list('file'), world);
  const api = await invocation.connect();
  const response = await api.call(api.resources.apply({ manifest: joinSources(sources), dryRun }));
  await output.answer(
    () => applyJson(response, sources),
    () => printResponse(invocation, response, sources, dryRun),
  );
  return exitOf(response);
}

/** Only where nothing is wrong but the caller's rights is it a matter of rights. */
function exitOf({ problems }: ApplyResponse): ExitName {
  if (problems.length === 0) return 'ok';
  return problems.every(({ code }) => code === 'denied') ? 'denied' : 'failed';
}

/** The API's own JSON, with the file of each problem and its line in it. */
function applyJson(response: ApplyResponse, sources: readonly ManifestSource[]): JsonValue {
  const problems = response.problems.map((problem) => ({
    ...placeOf(problem, sources),
    path: problem.path,
    message: problem.message,
    ...(problem.code === '' ? {} : { code: problem.code }),
  }));
  const json = messageJson(ApplyResponseSchema, { ...response, problems: [] });
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? { ...json, problems } : json;
}

function printResponse(
  { output }: Invocation,
  { applied, problems }: ApplyResponse,
  sources: readonly ManifestSource[],
  dryRun: boolean,
): void {
  for (const problem of problems) {
    const path = problem.path === '' ? '' : `${problem.path}: `;
    output.line(
      { text: `${formatPlace(placeOf(problem, sources))}: `, style: 'bold' },
      path,
      problem.message,
    );
  }
  if (problems.length > 0) {
    output.say(`${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}; nothing was changed.`);
    return;
  }
  for (const { kind, name, version, change } of applied) {
    const words = {
      text: enumWords(AppliedChangeSchema, change),
      style: change === AppliedChange.UNCHANGED ? 'dim' : 'green',
    } as const;
    output.line(`${kind}/${name} `, words, change === AppliedChange.UNCHANGED ? '' : ` (version ${version})`);
  }
  if (dryRun) output.say('Dry run: nothing was changed.');
}
