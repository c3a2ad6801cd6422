/** The header of a message that is a part of an event too large for one: "SEQUENCE:INDEX/COUNT". */
export const PART_HEADER = 'Sallyport-Part';

/** Parts of one event at most; guards a consumer's memory. */
const MAX_PARTS = 1000;
const FORMAT = /^([1-9][0-9]{0,15}):([1-9][0-9]{0,3})\/([1-9][0-9]{0,3})$/;

/** Which part of which event of its session a message is. */
export interface EventPart {
  readonly sequence: number;
  /** From 1 to `count`. */
  readonly index: number;
  readonly count: number;
}

export function encodePart({ sequence, index, count }: EventPart): string {
  return `${sequence}:${index}/${count}`;
}

/** Undefined for what is no such header. */
export function decodePart(header: string): EventPart | undefined {
  const [sequence, index, count] = (FORMAT.exec(header)?.slice(1) ?? []).map(Number);
  if (sequence === undefined || index === undefined || count === undefined) return undefined;
  return index <= count && count <= MAX_PARTS && Number.isSafeInteger(sequence)
    ? { sequence, index, count }
    : undefined;
}
