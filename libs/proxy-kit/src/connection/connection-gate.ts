import { AccessError } from '@sallyport/errors';

export interface ConnectionGateOptions {
  readonly maxConnections: number;
  /** Of one client address; keeps one caller from using all there are. */
  readonly maxConnectionsPerAddress: number;
}

/** A connection's place, given back once. */
export interface ConnectionPlace {
  release(): void;
}

/** Bounds how many connections there are, in all and from one address. */
export class ConnectionGate {
  readonly #options: ConnectionGateOptions;
  readonly #byAddress = new Map<string, number>();
  #open = 0;

  constructor(options: ConnectionGateOptions) {
    this.#options = options;
  }

  get open(): number {
    return this.#open;
  }

  /** A place, or the refusal that the caller gets. */
  enter(address: string): ConnectionPlace | AccessError {
    const ofAddress = this.#byAddress.get(address) ?? 0;
    if (this.#open >= this.#options.maxConnections || ofAddress >= this.#options.maxConnectionsPerAddress) {
      return new AccessError('too_many_connections', 'There are too many connections.');
    }
    this.#open++;
    this.#byAddress.set(address, ofAddress + 1);
    let held = true;
    return {
      release: () => {
        if (!held) return;
        held = false;
        this.#open--;
        const left = (this.#byAddress.get(address) ?? 1) - 1;
        if (left === 0) this.#byAddress.delete(address);
        else this.#byAddress.set(address, left);
      },
    };
  }
}
