import type { DecidedStatement, StatementParameter } from '../decide/decided-statement.ts';

/** What does not fit an event goes into events of its own, which come before it. */
export interface StatementOverflow {
  /** How to read the bytes: "statement.text", or "statement.parameter.NAME". */
  readonly format: string;
  readonly bytes: Uint8Array;
}

/** Bytes of text, and of all parameters, that stay in the statement itself. An event has room for both and its effects. */
const MAX_TEXT_BYTES = 192 * 1024;
const MAX_PARAMETER_BYTES = 192 * 1024;
/** What is kept of something too long, for people and for the index. */
const EXCERPT_CHARACTERS = 16 * 1024;

/** A statement that fits an event, and what was taken out of it. Its digest is of the whole, as before. */
export function fitStatement(decided: DecidedStatement): {
  decided: DecidedStatement;
  overflow: readonly StatementOverflow[];
} {
  const { request } = decided;
  const longText =
    request.text.length > MAX_TEXT_BYTES / 4 && Buffer.byteLength(request.text) > MAX_TEXT_BYTES;
  let parameterBytes = 0;
  for (const { value } of request.parameters) parameterBytes += value?.length ?? 0;
  const longParameters = parameterBytes > MAX_PARAMETER_BYTES / 4;
  if (!longText && !longParameters) return { decided, overflow: [] };
  const overflow: StatementOverflow[] = [];
  let { text, parameters } = request;
  if (longText) {
    overflow.push({ format: 'statement.text', bytes: Buffer.from(text) });
    text = excerpt(text);
  }
  if (longParameters) {
    const most = Math.floor(MAX_PARAMETER_BYTES / 4 / parameters.length);
    parameters = parameters.map((parameter) => fitParameter(parameter, most, overflow));
  }
  return { decided: { ...decided, request: { ...request, text, parameters } }, overflow };
}

function fitParameter(
  parameter: StatementParameter,
  most: number,
  overflow: StatementOverflow[],
): StatementParameter {
  const { name, value } = parameter;
  if (value === null || value.length <= most) return parameter;
  overflow.push({ format: `statement.parameter.${name}`, bytes: Buffer.from(value) });
  return { ...parameter, value: typeof value === 'string' ? value.slice(0, most) : value.subarray(0, most) };
}

function excerpt(text: string): string {
  return `${text.slice(0, EXCERPT_CHARACTERS)}\n... [${text.length} characters; all of it is recorded as input]`;
}
