/** SFTP packets over a raw client: any packet, in any order, cut anywhere. */
import {
  decodeSftpResponse,
  encodeSftpRequest,
  NO_ATTRIBUTES,
  SftpPacketFramer,
  type SftpRequest,
  type SftpResponse,
} from '@sallyport/codec-ssh';
import { RawClient } from './raw-client.ts';

/** A request without its id. */
export type Question = SftpRequest extends infer Each
  ? Each extends { readonly id: number }
    ? Omit<Each, 'id'>
    : never
  : never;

export class SftpClient {
  readonly client: RawClient;
  readonly channel: number;
  #nextId = 100;
  #read = 0;
  readonly #framer = new SftpPacketFramer();
  readonly answers: Exclude<SftpResponse, { type: 'VERSION' }>[] = [];
  extensions: readonly string[] = [];

  private constructor(client: RawClient, channel: number) {
    this.client = client;
    this.channel = channel;
  }

  static async open(port: number, client?: RawClient): Promise<SftpClient> {
    const raw = client ?? (await RawClient.login(port));
    const channel = await raw.session();
    const sftp = new SftpClient(raw, channel);
    raw.request(channel, { kind: 'subsystem', name: 'sftp' });
    sftp.send(encodeSftpRequest({ type: 'INIT', version: 3, extensions: [] }));
    await raw.until(
      'the greeting',
      () => sftp.#take() || raw.of(channel).some(({ type }) => type === 'CHANNEL_CLOSE'),
    );
    return sftp;
  }

  send(bytes: Buffer): void {
    this.client.data(this.channel, bytes);
  }

  /** A packet with a new id. */
  encode(question: Question): { readonly id: number; readonly packet: Buffer } {
    const id = this.#nextId++;
    return { id, packet: encodeSftpRequest({ ...question, id }) };
  }

  async ask(question: Question): Promise<SftpResponse> {
    const { id, packet } = this.encode(question);
    this.send(packet);
    return this.answer(id);
  }

  async answer(id: number): Promise<SftpResponse> {
    await this.client.until(`answer ${id}`, () => {
      this.#take();
      return this.answers.some((each) => each.id === id);
    });
    const found = this.answers.find((each) => each.id === id);
    if (found === undefined) throw new Error('no answer');
    return found;
  }

  /** The code of a STATUS, or the type of any other answer. */
  async outcome(question: Question): Promise<number | string> {
    const answer = await this.ask(question);
    return answer.type === 'STATUS' ? answer.code : answer.type;
  }

  async handle(path: string, flags = 1): Promise<Buffer> {
    const answer = await this.ask({
      type: 'OPEN',
      path: Buffer.from(path),
      flags,
      attributes: NO_ATTRIBUTES,
    });
    if (answer.type !== 'HANDLE') throw new Error(`not opened: ${JSON.stringify(answer)}`);
    return Buffer.from(answer.handle);
  }

  /** Reads what came; whether there is a greeting. */
  #take(): boolean {
    const bytes = this.client.bytes(this.channel);
    if (bytes.length > this.#read) {
      this.#framer.push(bytes.subarray(this.#read));
      this.#read = bytes.length;
      for (let packet = this.#framer.next(); packet !== null; packet = this.#framer.next()) {
        const response = decodeSftpResponse(Buffer.from(packet));
        if (response.type === 'VERSION') this.extensions = response.extensions.map(({ name }) => name);
        else this.answers.push(response);
      }
    }
    return this.extensions.length > 0;
  }

  destroy(): void {
    this.client.destroy();
  }
}
