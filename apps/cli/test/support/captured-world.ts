import type { ProgramEnd, World } from '../../src/world.ts';

export interface CapturedWorld extends World {
  readonly out: () => string;
  readonly err: () => string;
  /** Programs that were run. */
  readonly programs: {
    readonly file: string;
    readonly words: readonly string[];
    readonly env: Readonly<Record<string, string>>;
  }[];
  readonly sleeps: number[];
  readonly interrupt: () => void;
}

export interface WorldOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly tty?: boolean;
  readonly columns?: number;
  readonly stdin?: string;
  readonly homeDirectory?: string;
  readonly programEnd?: ProgramEnd | Error;
  readonly onSleep?: (world: CapturedWorld) => void;
  readonly now?: () => Date;
}

/** A world that keeps what is written to it. Sleeping takes no time. */
export function capturedWorld(options: WorldOptions = {}): CapturedWorld {
  let out = '';
  let err = '';
  const controller = new AbortController();
  const sink = (write: (text: string) => void) => ({
    write,
    isTty: options.tty ?? false,
    columns: options.tty === true ? (options.columns ?? 100) : undefined,
  });
  const world: CapturedWorld = {
    env: { HOME: '/nonexistent', ...options.env },
    homeDirectory: options.homeDirectory ?? '/nonexistent',
    ownCommand: ['/opt/node', '/opt/sallyport/main.ts'],
    stdout: sink((text) => void (out += text)),
    stderr: sink((text) => void (err += text)),
    readStdin: async () => options.stdin ?? '',
    now: options.now ?? (() => new Date()),
    sleep: async (ms) => {
      world.sleeps.push(ms);
      options.onSleep?.(world);
    },
    runProgram: async (file, words, env) => {
      world.programs.push({ file, words, env });
      if (options.programEnd instanceof Error) throw options.programEnd;
      return options.programEnd ?? { code: 0 };
    },
    interrupted: controller.signal,
    out: () => out,
    err: () => err,
    programs: [],
    sleeps: [],
    interrupt: () => controller.abort(),
  };
  return world;
}
