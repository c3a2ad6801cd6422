/** What the door says to the guard: lines of the terminal's input, read without echo. */

/** What ends a question. */
export type GuardAnswer = 'allow' | 'deny' | 'more' | 'skip';

/** Bytes of text in one line: terminals take 4096 with all that is around it. */
const MAX_TEXT_BYTES = 3500;

export function encodeNonce(nonce: string): Buffer {
  return Buffer.from(`${nonce}\n`);
}

export function encodeAnswer(id: string, answer: GuardAnswer): Buffer {
  return Buffer.from(`${id} ${answer}\n`);
}

/** Lines that the guard shows. Control characters would be keys to the terminal. */
export function encodeNotes(id: string, text: string): Buffer {
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  return Buffer.from(lines.map((line) => `${id} note ${short(line)}\n`).join(''));
}

function short(line: string): string {
  const bytes = Buffer.from(line.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' '));
  if (bytes.length <= MAX_TEXT_BYTES) return bytes.toString();
  return `${bytes.toString('utf8', 0, MAX_TEXT_BYTES).replace(/\ufffd$/, '')}...`;
}
