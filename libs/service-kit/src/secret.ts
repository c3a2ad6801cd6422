import { inspect } from 'node:util';

const REDACTED = '[secret]';

/**
 * Holds a credential and shows it to nobody: string conversion, JSON, `console.log`
 * and inspection all give `[secret]`. Only `reveal()` gives the value; call it
 * where the credential is used, never where something is logged or thrown.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The credential itself. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.toPrimitive](): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
