import type { Buffer } from 'node:buffer';
import type { WireReader } from '../wire/wire-reader.ts';
import type { WireWriter } from '../wire/wire-writer.ts';

/** Characters, and pixels where the caller knows them (else 0). */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
  readonly widthPixels: number;
  readonly heightPixels: number;
}

/**
 * What a channel request asks for or tells (RFC 4254, 6; RFC 4335 for `break`;
 * OpenSSH PROTOCOL 2.1 for `eow`). Everything else keeps its bytes.
 *
 * Commands and values are bytes: a host's encoding is its own. `decodeUtf8`
 * gives their text, or null where they are none; what is null is not understood.
 */
export type ChannelRequestKind =
  | {
      readonly kind: 'pty-req';
      readonly terminal: string;
      readonly size: TerminalSize;
      /** Encoded terminal modes (RFC 4254, 8), as they came. */
      readonly modes: Buffer;
    }
  | {
      readonly kind: 'x11-req';
      readonly singleConnection: boolean;
      readonly authenticationProtocol: string;
      readonly authenticationCookie: string;
      readonly screen: number;
    }
  | { readonly kind: 'env'; readonly name: string; readonly value: Buffer }
  | { readonly kind: 'shell' }
  | { readonly kind: 'exec'; readonly command: Buffer }
  | { readonly kind: 'subsystem'; readonly name: string }
  | { readonly kind: 'window-change'; readonly size: TerminalSize }
  | { readonly kind: 'xon-xoff'; readonly clientCanDo: boolean }
  /** Without `SIG`: `TERM`, `INT`. */
  | { readonly kind: 'signal'; readonly signal: string }
  | { readonly kind: 'exit-status'; readonly status: number }
  | {
      readonly kind: 'exit-signal';
      readonly signal: string;
      readonly coreDumped: boolean;
      readonly message: string;
      readonly languageTag: string;
    }
  | { readonly kind: 'break'; readonly lengthMs: number }
  | { readonly kind: 'auth-agent-req@openssh.com' }
  /** The sender reads no more (OpenSSH PROTOCOL 2.1). */
  | { readonly kind: 'eow@openssh.com' }
  | { readonly kind: 'keepalive@openssh.com' }
  | { readonly kind: 'unknown'; readonly name: string; readonly data: Buffer };

const MAX_TERMINAL_MODE_BYTES = 4096;

/** Reads what follows the name and `want reply`. */
export function decodeChannelRequestKind(name: string, reader: WireReader): ChannelRequestKind {
  switch (name) {
    case 'pty-req':
      return {
        kind: name,
        terminal: reader.text(),
        size: decodeSize(reader),
        modes: reader.string(MAX_TERMINAL_MODE_BYTES),
      };
    case 'x11-req':
      return {
        kind: name,
        singleConnection: reader.boolean(),
        authenticationProtocol: reader.text(),
        authenticationCookie: reader.text(),
        screen: reader.uint32(),
      };
    case 'env':
      return { kind: name, name: reader.text(), value: reader.cString() };
    case 'exec':
      return { kind: name, command: reader.cString() };
    case 'subsystem':
      return { kind: name, name: reader.text() };
    case 'window-change':
      return { kind: name, size: decodeSize(reader) };
    case 'xon-xoff':
      return { kind: name, clientCanDo: reader.boolean() };
    case 'signal':
      return { kind: name, signal: reader.text() };
    case 'exit-status':
      return { kind: name, status: reader.uint32() };
    case 'exit-signal':
      return {
        kind: name,
        signal: reader.text(),
        coreDumped: reader.boolean(),
        message: reader.displayText(),
        languageTag: reader.displayText(),
      };
    case 'break':
      return { kind: name, lengthMs: reader.uint32() };
    case 'shell':
    case 'auth-agent-req@openssh.com':
    case 'eow@openssh.com':
    case 'keepalive@openssh.com':
      return { kind: name };
    default:
      return { kind: 'unknown', name, data: reader.rest() };
  }
}

/** Writes what follows the name and `want reply`. */
export function encodeChannelRequestKind(writer: WireWriter, request: ChannelRequestKind): WireWriter {
  switch (request.kind) {
    case 'pty-req':
      writer.text(request.terminal);
      return encodeSize(writer, request.size).string(request.modes);
    case 'x11-req':
      writer.boolean(request.singleConnection).text(request.authenticationProtocol);
      return writer.text(request.authenticationCookie).uint32(request.screen);
    case 'env':
      return writer.text(request.name).cString(request.value);
    case 'exec':
      return writer.cString(request.command);
    case 'subsystem':
      return writer.text(request.name);
    case 'window-change':
      return encodeSize(writer, request.size);
    case 'xon-xoff':
      return writer.boolean(request.clientCanDo);
    case 'signal':
      return writer.text(request.signal);
    case 'exit-status':
      return writer.uint32(request.status);
    case 'exit-signal':
      writer.text(request.signal).boolean(request.coreDumped);
      return writer.text(request.message).text(request.languageTag);
    case 'break':
      return writer.uint32(request.lengthMs);
    case 'shell':
    case 'auth-agent-req@openssh.com':
    case 'eow@openssh.com':
    case 'keepalive@openssh.com':
      return writer;
    case 'unknown':
      return writer.bytes(request.data);
  }
}

function decodeSize(reader: WireReader): TerminalSize {
  return {
    columns: reader.uint32(),
    rows: reader.uint32(),
    widthPixels: reader.uint32(),
    heightPixels: reader.uint32(),
  };
}

function encodeSize(writer: WireWriter, size: TerminalSize): WireWriter {
  return writer.uint32(size.columns).uint32(size.rows).uint32(size.widthPixels).uint32(size.heightPixels);
}
