/**
 * What a page shows to be typed: the commands of its fenced blocks, each with
 * the output that the page shows for it.
 */

export interface ShownCommand {
  readonly command: string;
  /** What the page shows below it, line by line. */
  readonly shown: readonly string[];
}

export interface ShownBlock {
  readonly page: string;
  /** Of the fence, from 1. */
  readonly line: number;
  /** Why nobody runs it; undefined: it is run. */
  readonly notRun: string | undefined;
  readonly commands: readonly ShownCommand[];
}

const FENCE = /^```(\S*)$/;
const MARK = /^<!-- not run: (.+) -->$/;
/** A command stands behind a prompt; in another column it is another terminal's. */
const PROMPT = /(?:^|\s{2,})\$ (\S.*)$/;

/** The blocks of a page, but for pictures and files, which say `text` or what language they are in. */
export function shownBlocks(page: string, markdown: string): ShownBlock[] {
  const lines = markdown.split('\n');
  const blocks: ShownBlock[] = [];
  for (let at = 0; at < lines.length; at++) {
    const fence = FENCE.exec(lines[at] ?? '');
    if (fence === null) continue;
    const end = lines.indexOf('```', at + 1);
    if (end === -1) throw new Error(`${page}:${at + 1}: the block has no end`);
    const language = fence[1] ?? '';
    const body = lines.slice(at + 1, end);
    const place = { page, line: at + 1, notRun: MARK.exec(lines[at - 1] ?? '')?.[1] };
    if (language === '' || language === 'sh') blocks.push({ ...place, commands: commandsOf(body) });
    else if (body.some((line) => PROMPT.test(line)))
      throw new Error(`${page}:${at + 1}: a block of commands calls itself ${language}`);
    at = end;
  }
  return blocks;
}

/** With prompts, what has none is output; without any, each line is a command. */
function commandsOf(body: readonly string[]): ShownCommand[] {
  if (!body.some((line) => PROMPT.test(line))) {
    const lines = body.map((line) => line.replace(/\s+#.*$/, '').trim());
    return lines.filter((line) => line !== '').map((command) => ({ command, shown: [] }));
  }
  const commands: { command: string; shown: string[] }[] = [];
  for (const line of body) {
    const command = PROMPT.exec(line)?.[1];
    if (command !== undefined) commands.push({ command, shown: [] });
    else if (line.trim() !== '') firstTerminal(commands).shown.push(line);
  }
  return commands;
}

/** What comes after an approval in a second terminal is the first one's answer. */
function firstTerminal(commands: { command: string; shown: string[] }[]): { shown: string[] } {
  const holding = commands.find(({ shown }) => shown.some((line) => line.includes('held for approval')));
  const into = holding ?? commands.at(-1);
  if (into === undefined) throw new Error('a block shows output before any command');
  return into;
}

/**
 * Whether output is what a page shows of it: its lines in order, with ids, times
 * and durations of their own, and anything where the page has `...`. A long line
 * of an error may be wrapped on the page, and goes on indented.
 */
export function isAsShown(shown: readonly string[], output: string): boolean {
  const lines = shown
    .join('\n')
    .replaceAll(/^(ERROR:.*)\n {8}(?=\S)/gm, '$1 ')
    .split('\n');
  return new RegExp(lines.map(lineOf).join('[^]*\\n'), 'm').test(output);
}

/** What is another value each time. */
const VARIES = /( ?\.\.\. ?|\b(?:hld|ses)_\w+|\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ|\+\d\d:\d\d\.\d{3}|\b\d+ ms)/;

function lineOf(line: string): string {
  const pieces = line.trimEnd().split(VARIES);
  const pattern = pieces.map((piece, index) => (index % 2 === 0 ? escaped(piece) : likeIt(piece)));
  return `^${pattern.join('')}[ \\t]*$`;
}

function likeIt(piece: string): string {
  if (piece.includes('...')) return '.*';
  const id = /^(hld|ses)_/.exec(piece);
  return id === null ? escaped(piece).replaceAll(/\d+/g, '\\d+') : `${id[0]}\\w+`;
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
