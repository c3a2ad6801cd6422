import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { systemCode } from './cli-error.ts';
import { EXIT_CODES } from './exit-code.ts';
import type { ProgramEnd, Sink, World } from './world.ts';

/** How long a command has to end by itself after Ctrl-C. */
const GRACE_MS = 500;
const PASSED_ON = ['SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** The world of a real process. */
export function processWorld(): World {
  const controller = new AbortController();
  let programs = 0;
  process.on('SIGINT', () => {
    if (programs > 0) return;
    controller.abort();
    setTimeout(() => process.exit(EXIT_CODES.interrupted), GRACE_MS).unref();
  });
  return {
    env: process.env,
    homeDirectory: homedir(),
    ownCommand: [process.execPath, resolve(process.argv[1] ?? '')],
    stdout: sink(process.stdout),
    stderr: sink(process.stderr),
    readStdin,
    now: () => new Date(),
    sleep: (ms, signal) => wait(ms, undefined, { signal }),
    runProgram: async (file, words, env) => {
      programs += 1;
      try {
        return await runProgram(file, words, env);
      } finally {
        programs -= 1;
      }
    },
    interrupted: controller.signal,
  };
}

async function runProgram(
  file: string,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ProgramEnd> {
  const child = spawn(file, words, { env, stdio: 'inherit' });
  const passOn = (signal: NodeJS.Signals): void => void child.kill(signal);
  for (const signal of PASSED_ON) process.on(signal, passOn);
  try {
    await once(child, 'exit');
    return child.exitCode === null ? { signal: child.signalCode ?? '' } : { code: child.exitCode };
  } finally {
    for (const signal of PASSED_ON) process.off(signal, passOn);
  }
}

function sink(stream: NodeJS.WriteStream): Sink {
  // Whoever read from us (head, less) has enough: not an error.
  stream.on('error', (error) => {
    if (systemCode(error) !== 'EPIPE') throw error;
    process.exit(EXIT_CODES.ok);
  });
  const isTty = stream.isTTY;
  return { write: (text) => void stream.write(text), isTty, columns: isTty ? stream.columns : undefined };
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString('utf8');
}
