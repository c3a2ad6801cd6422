import type { ShellAction, ShellEffect, ShellObjectKind } from '../model/effect.ts';
import type { ShellCommand, ShellDialect } from '../model/inspection.ts';
import { normalizePath } from '../words/program-name.ts';
import type { VariableFacts } from '../words/variable-facts.ts';
import type { ArithmeticUse } from '../syntax/script.ts';
import { fail } from '../syntax/shell-syntax-error.ts';
import { redactShellText } from '../redact/redact-text.ts';
import type { Argument } from '../words/argument.ts';
import { isEvaluatedVariable, isHarmlessVariable, isSensitiveVariable } from './sensitive-variables.ts';

/** Most commands of a text, with those of the texts in it. */
const MAX_COMMANDS = 10_000;

/** Deepest text in a text: `sh -c "sh -c ..."`. */
const MAX_TEXT_DEPTH = 12;

/** Files that are no files. */
const NO_FILE = /^\/dev\/(?:null|zero|full|stdin|stdout|stderr|tty|fd\/\d+|u?random)$/;

/** Where a command stands. */
export interface Place {
  readonly dialect: ShellDialect;
  readonly depth: number;
}

/** Collects what a text and the texts in it would do. */
export class InspectionRun {
  readonly facts: VariableFacts;
  readonly hasTerminal: boolean;
  readonly functions = new Set<string>();
  readonly commands: ShellCommand[] = [];
  readonly unknowns = new Set<string>();
  readonly secrets = new Set<string>();
  /** Words that hold secrets, as they may be shown. */
  readonly shown = new Map<Argument, string>();
  readonly arithmetic: ArithmeticUse[] = [];
  readonly #effects = new Map<string, ShellEffect>();

  constructor(facts: VariableFacts, hasTerminal: boolean) {
    this.facts = facts;
    this.hasTerminal = hasTerminal;
  }

  get effects(): ShellEffect[] {
    return [...this.#effects.values()];
  }

  /** One place deeper, in another text. */
  deeper(place: Place, dialect: ShellDialect): Place {
    if (place.depth >= MAX_TEXT_DEPTH) fail('texts in texts are nested too deeply', 'too-complex');
    return { dialect, depth: place.depth + 1 };
  }

  unknown(reason: string): void {
    this.unknowns.add(reason);
    this.#add('ssh.unknown', undefined, false);
  }

  shell(): void {
    this.#add('ssh.shell', undefined, false);
  }

  command(command: ShellCommand): void {
    if (this.commands.push(command) > MAX_COMMANDS) fail('the text has too many commands', 'too-complex');
    this.#add('ssh.exec', { kind: 'program', name: command.canonical }, command.readOnly);
  }

  /** Something that is no program of its own: a condition, a text that only computes. */
  condition(name: string): void {
    this.#add('ssh.exec', { kind: 'program', name }, true);
  }

  path(mode: 'read' | 'write', path: Argument): void {
    if (!path.isTold) this.unknown('a path that is not told');
    const name = path.isConstant ? normalizePath(path.text) : redactShellText(path.text, this.secrets);
    if (path.isConstant && NO_FILE.test(name)) return;
    if (/^\/dev\/(?:tcp|udp)\//.test(name)) this.unknown('a connection that the shell opens');
    const action = mode === 'read' ? 'ssh.exec.read' : 'ssh.exec.write';
    this.#add(action, { kind: 'path', name }, mode === 'read');
  }

  /** A variable gets a value, or undefined for one that is not told. */
  assign(name: string, value: string | undefined): void {
    if (isSensitiveVariable(name)) this.variable(name);
    if (isEvaluatedVariable(name, value)) this.unknown(`a value of ${name}, which is evaluated`);
    this.facts.assign(name, value);
  }

  variable(name: string): void {
    if (isHarmlessVariable(name)) return;
    if (isSensitiveVariable(name)) this.unknown(`the variable ${name}, which decides what runs`);
    this.#add('ssh.env', { kind: 'variable', name }, false);
  }

  #add(
    action: ShellAction,
    object: { readonly kind: ShellObjectKind; readonly name: string } | undefined,
    readOnly: boolean,
  ): void {
    const key = `${action} ${readOnly ? 'r' : 'w'} ${object?.name ?? ''}`;
    if (this.#effects.has(key)) return;
    const objects = object === undefined ? [] : [{ ...object, parts: [] as const }];
    this.#effects.set(key, { action, objects, readOnly });
  }
}
