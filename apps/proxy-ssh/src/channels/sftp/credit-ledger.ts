interface LedgerEntry {
  bytes: number;
  readonly credit: number;
}

/**
 * What a peer may send again for what went out in the other direction, in
 * order: packets change on their way, and some are made here.
 */
export class CreditLedger {
  readonly #give: (bytes: number) => void;
  readonly #entries: LedgerEntry[] = [];

  constructor(give: (bytes: number) => void) {
    this.#give = give;
  }

  /** So many bytes are on their way; once they are out, so many may come. */
  expect(bytes: number, credit: number): void {
    this.#entries.push({ bytes, credit });
  }

  sent(bytes: number): void {
    let left = bytes;
    let credit = 0;
    for (let head = this.#entries[0]; head !== undefined && left > 0; head = this.#entries[0]) {
      const taken = Math.min(left, head.bytes);
      left -= taken;
      head.bytes -= taken;
      if (head.bytes > 0) break;
      credit += head.credit;
      this.#entries.shift();
    }
    if (credit > 0) this.#give(credit);
  }
}
