import type { ShellInspection } from '../src/index.ts';

/** One line for each effect, in an order of its own: `exec! rm -rf /srv`, where the mark says that it changes something. */
export function renderInspection(inspection: ShellInspection): string[] {
  if (!inspection.ok) return [`refused ${inspection.reason}`];
  const lines = inspection.effects.map(({ action, objects, readOnly }) => {
    const verb = action.replace(/^ssh\./, '');
    return [`${verb}${readOnly ? '' : '!'}`, ...objects.map(({ name }) => name.replaceAll('\n', '⏎'))].join(
      ' ',
    );
  });
  return lines.sort();
}
