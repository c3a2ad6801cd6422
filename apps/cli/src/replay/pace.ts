import { CliError } from '../cli-error.ts';
import type { Invocation } from '../invocation.ts';

/** Playing back, nobody wants to wait for a caller who went to lunch. */
const LONGEST_WAIT_MS = 10_000;

/** Waits between what is shown as long as it took, or for less. */
export class Pace {
  readonly #invocation: Invocation;
  readonly #speed: number | undefined;
  readonly #idleLimitMs: number;
  #shownUs: number | undefined;

  /** @param usualSpeed where --speed is not given; undefined: no waiting */
  constructor(invocation: Invocation, usualSpeed: number | undefined) {
    this.#invocation = invocation;
    const wanted = readSpeed(invocation.text('speed')) ?? usualSpeed;
    this.#speed = invocation.flag('wait') ? wanted : undefined;
    this.#idleLimitMs = readIdleLimit(invocation.text('idleLimit')) ?? LONGEST_WAIT_MS;
  }

  /** Resolves when it is time for what happened at `timeUnixUs`. False: the user has interrupted. */
  async until(timeUnixUs: number): Promise<boolean> {
    const { world } = this.#invocation;
    if (this.#speed !== undefined && this.#shownUs !== undefined) {
      const ms = Math.min((timeUnixUs - this.#shownUs) / 1000, this.#idleLimitMs) / this.#speed;
      if (ms > 0) await world.sleep(ms, world.interrupted).catch(() => undefined);
    }
    this.#shownUs = timeUnixUs;
    return !world.interrupted.aborted;
  }
}

function readSpeed(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const speed = Number(text.replace(/x$/, ''));
  if (Number.isFinite(speed) && speed > 0) return speed;
  throw new CliError('usage', `--speed "${text}" is not a factor.`, { next: 'Write it like 1, 4 or 0.5.' });
}

/** Seconds as milliseconds. */
export function readIdleLimit(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text.replace(/s$/, ''));
  if (Number.isFinite(seconds) && seconds > 0) return seconds * 1000;
  throw new CliError('usage', `--idle-limit "${text}" is not a number of seconds.`);
}
