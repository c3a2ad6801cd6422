import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { applyManifest, type ApplyContext } from './apply-manifest.ts';

/**
 * Applies the manifests that the settings name, each once for each content: what an
 * admin changes afterwards stays, and a changed file is applied again. Throws with every
 * problem if one is not valid. Gives the files that were applied.
 */
export async function applyBootstrapManifests(
  context: ApplyContext,
  files: readonly string[],
): Promise<readonly string[]> {
  const applied: string[] = [];
  for (const file of files) {
    const manifest = readFileSync(file, 'utf8');
    const digest = createHash('sha256').update(manifest).digest('hex');
    if ((await context.database.prisma.bootstrapManifest.findUnique({ where: { digest } })) !== null)
      continue;
    const { problems } = await applyManifest(context, {
      manifest,
      dryRun: false,
      actor: 'bootstrap',
      may: () => true,
      alongside: async (queries) => {
        await queries.bootstrapManifest.createMany({
          data: [{ digest, appliedAt: context.now() }],
          skipDuplicates: true,
        });
      },
    });
    if (problems.length > 0) {
      const lines = problems.map(
        ({ line, column, path, message }) =>
          `${file}:${String(line)}:${String(column)}: ${path === '' ? '' : `${path}: `}${message}`,
      );
      throw new Error(`a bootstrap manifest is not valid:\n${lines.join('\n')}`);
    }
    applied.push(file);
  }
  return applied;
}
