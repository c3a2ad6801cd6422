import type { ConfigLeaf } from './config-schema.ts';

/** The text of `--help`: the arguments, then every setting with its variable, type, default and meaning. */
export function configHelp(name: string, leaves: readonly ConfigLeaf[]): string {
  const settings = leaves.map((leaf) => {
    const fallback = leaf.required ? 'required' : describeDefault(leaf.defaultValue);
    const meaning = leaf.description === '' ? '' : `\n      ${leaf.description}`;
    return `  ${leaf.path.join('.')} (${leaf.type}; ${fallback})${meaning}\n      ${leaf.variable}\n`;
  });
  return [
    `Usage: ${name} [--config FILE] [--check-config] [--help]\n\n`,
    '  --config FILE    read settings from this YAML file\n',
    '  --check-config   check the settings, say what is wrong, and end\n',
    '  --help           show this\n\n',
    'Settings, each with the environment variable that overrides it:\n\n',
    ...settings,
  ].join('');
}

function describeDefault(value: unknown): string {
  return value === undefined ? 'optional' : `default ${JSON.stringify(value)}`;
}
