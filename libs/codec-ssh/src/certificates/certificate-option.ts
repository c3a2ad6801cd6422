import type { Buffer } from 'node:buffer';
import { CodecError } from '../wire/codec-error.ts';
import { outcomeOf } from '../wire/outcome.ts';
import { WireReader } from '../wire/wire-reader.ts';
import { WireWriter } from '../wire/wire-writer.ts';

const MAX_OPTIONS = 64;
const MAX_NAME_BYTES = 256;

/** A critical option or an extension: a name, and data whose form the name decides. */
export interface CertificateOption {
  readonly name: string;
  readonly data: Buffer;
}

/** An option that says all by being there: `permit-pty`. */
export function flagOption(name: string): CertificateOption {
  return { name, data: new WireWriter().finish() };
}

/** An option with a text: `force-command`. */
export function textOption(name: string, value: string): CertificateOption {
  return { name, data: new WireWriter().text(value).finish() };
}

/** The text of an option that `textOption` would make, or null where its data is anything else. */
export function optionText(option: CertificateOption): string | null {
  const text = outcomeOf(() => {
    const reader = new WireReader(option.data);
    const value = reader.text();
    reader.finish();
    return value;
  });
  return text.ok ? text.value : null;
}

/**
 * Reads critical options or extensions. They are in the order of their names
 * and each is there once (PROTOCOL.certkeys): of a second one, nobody could
 * say which counts. @throws CodecError
 */
export function decodeCertificateOptions(packed: Buffer): CertificateOption[] {
  const reader = new WireReader(packed);
  const options: CertificateOption[] = [];
  let last = '';
  while (reader.remaining > 0) {
    const name = reader.text(MAX_NAME_BYTES);
    if (name <= last) throw new CodecError('value', 'The options of a certificate are not in order.');
    if (options.length === MAX_OPTIONS) {
      throw new CodecError('limit', 'A certificate has too many options.');
    }
    options.push({ name, data: reader.string() });
    last = name;
  }
  return options;
}

/** Writes options in the order of their names. @throws CodecError `value` for two of one name */
export function encodeCertificateOptions(options: readonly CertificateOption[]): Buffer {
  const writer = new WireWriter();
  const sorted = options.toSorted((left, right) => (left.name < right.name ? -1 : 1));
  for (const [index, { name, data }] of sorted.entries()) {
    if (sorted[index - 1]?.name === name) {
      throw new CodecError('value', 'An option of a certificate is given twice.');
    }
    writer.text(name).string(data);
  }
  return writer.finish();
}
