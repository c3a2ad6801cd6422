import { getOption, hasOption, type DescField, type DescMessage } from '@bufbuild/protobuf';
import { Sensitivity, sensitivity } from '@sallyport/contracts/options';

/** How one field of an event is classified. */
export interface FieldClassification {
  /** "sallyport.event.v1.Output.data". */
  readonly field: string;
  /** What counts; SECRET where nothing is said. */
  readonly sensitivity: Sensitivity;
  /** False where nothing is said; a spec lets no such field in. */
  readonly classified: boolean;
}

/** Who may see a field of an event. Unclassified means secret. */
export function sensitivityOf(field: DescField): Sensitivity {
  const value = hasOption(field, sensitivity) ? getOption(field, sensitivity) : Sensitivity.UNSPECIFIED;
  return value === Sensitivity.UNSPECIFIED ? Sensitivity.SECRET : value;
}

/**
 * Every field that can be reached from `root`. Well-known types
 * (google.protobuf) take the classification of the field that holds them.
 */
export function classifyFields(root: DescMessage): FieldClassification[] {
  const seen = new Set<string>();
  const found: FieldClassification[] = [];
  const queue: DescMessage[] = [root];
  for (let message = queue.pop(); message !== undefined; message = queue.pop()) {
    if (seen.has(message.typeName) || message.typeName.startsWith('google.protobuf.')) continue;
    seen.add(message.typeName);
    for (const field of message.fields) {
      const classified =
        hasOption(field, sensitivity) && getOption(field, sensitivity) !== Sensitivity.UNSPECIFIED;
      found.push({
        field: `${message.typeName}.${field.name}`,
        sensitivity: sensitivityOf(field),
        classified,
      });
      if (field.message !== undefined) queue.push(field.message);
    }
  }
  return found;
}
