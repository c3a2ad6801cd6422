import { startCommand, type CommandResult } from '../command.ts';
import { psqlCommand, type Tour } from '../tour.ts';

/** psql running numbered statements one after the other; what it prints tells which were answered. */
export interface Load {
  /** The numbers that psql has printed the answers of. */
  answered(): readonly number[];
  /** Waits for the answer of a number. */
  reached(number: number): Promise<void>;
  readonly result: Promise<CommandResult>;
}

/** Statement number N of a load; its text and its answer both have the mark and N. */
export function loadStatement(mark: string, number: number): string {
  return `SELECT '${mark}:' || ${number}, count(*) FROM orders`;
}

export function startLoad(tour: Tour, mark: string, count: number): Load {
  const script = Array.from({ length: count }, (_, index) => `${loadStatement(mark, index + 1)};\n`).join('');
  tour.say(`$ psql shop < ${count} numbered SELECTs    # as shop-agent`);
  const command = psqlCommand(tour.ports.postgres, 'shop', [], { tokenFile: tour.tokenFile('shop-agent') });
  const running = startCommand({ ...command, args: [...command.args, '-At'], stdin: script });
  return {
    answered: () =>
      [...running.written().matchAll(new RegExp(`^${mark}:(\\d+)\\|`, 'gm'))].map(([, number]) =>
        Number(number),
      ),
    async reached(number) {
      await running.until(new RegExp(`^${mark}:${number}\\|`, 'm'));
    },
    result: running.result,
  };
}

/** The numbers of a load's statements among recorded texts, in order. */
export function numbersIn(texts: readonly string[], mark: string): readonly number[] {
  return texts.flatMap((text) => {
    const number = new RegExp(`'${mark}:' \\|\\| (\\d+)`).exec(text)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}
