/** Variables of the login that a caller cannot choose without an effect of its own. */
const WELL_KNOWN: ReadonlySet<string> = new Set([
  'HOME',
  'USER',
  'LOGNAME',
  'PWD',
  'OLDPWD',
  'SHELL',
  'HOSTNAME',
  'UID',
  'EUID',
  'PPID',
  'BASHPID',
  'RANDOM',
  'SECONDS',
  'EPOCHSECONDS',
  'LINENO',
  'SHLVL',
  'OSTYPE',
  'HOSTTYPE',
  'MACHTYPE',
  'BASH_VERSION',
  'XDG_RUNTIME_DIR',
  'TMPDIR',
]);

export function isWellKnown(name: string): boolean {
  return WELL_KNOWN.has(name);
}

/** Most values of a variable that are followed one by one. */
const MAX_VALUES = 8;

interface Fact {
  readonly values: Set<string>;
  isUntold: boolean;
  /** A number that is not told. */
  hasNumber: boolean;
}

/**
 * What the text itself puts into variables, whatever the order: a set of constants, or something it does not tell.
 * Shared by a text and the texts inside it.
 */
export class VariableFacts {
  readonly #facts = new Map<string, Fact>();
  readonly #arrays = new Set<string>();
  /** Grows with every new fact, so that who has looked before can look again. */
  version = 0;

  assign(name: string, value: string | undefined): void {
    const fact = this.#factOf(name);
    if (fact.isUntold || (value !== undefined && fact.values.has(value))) return;
    if (value === undefined || fact.values.size === MAX_VALUES) fact.isUntold = true;
    else fact.values.add(value);
    this.version++;
  }

  /** The variable gets the value of an arithmetic expression. */
  assignNumber(name: string): void {
    const fact = this.#factOf(name);
    if (fact.hasNumber) return;
    fact.hasNumber = true;
    this.version++;
  }

  #factOf(name: string): Fact {
    let fact = this.#facts.get(name);
    if (fact === undefined) {
      fact = { values: new Set(), isUntold: false, hasNumber: false };
      this.#facts.set(name, fact);
      this.version++;
    }
    return fact;
  }

  /** The variable may be an array. */
  setArray(name: string): void {
    if (this.#arrays.has(name)) return;
    this.#arrays.add(name);
    this.version++;
  }

  isArray(name: string): boolean {
    return this.#arrays.has(name);
  }

  isAssigned(name: string): boolean {
    return this.#facts.has(name);
  }

  /** Every value the text gives; undefined where it gives none, or one that is not told. */
  valuesOf(name: string): ReadonlySet<string> | undefined {
    const fact = this.#facts.get(name);
    return fact === undefined || fact.isUntold || fact.hasNumber ? undefined : fact.values;
  }

  /** Whether the text gives it numbers only, not all of them told. */
  isNumber(name: string): boolean {
    return this.#facts.get(name)?.hasNumber === true && this.isSafeNumber(name);
  }

  /** Whether evaluating it as arithmetic could run something: a value that is not a number. */
  isSafeNumber(name: string): boolean {
    const fact = this.#facts.get(name);
    // What ssh passes on without an effect of its own.
    if (fact === undefined) return !/^(?:LC_|LANG|TERM$|TZ$|COLORTERM$|NO_COLOR$|_$)/.test(name);
    return !fact.isUntold && [...fact.values].every((value) => /^-?\d*$|^0x[0-9a-fA-F]+$/.test(value));
  }
}
