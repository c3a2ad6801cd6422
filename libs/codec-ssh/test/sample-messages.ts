import { Buffer } from 'node:buffer';
import type { ChannelOpenKind, ChannelRequestKind, GlobalRequestKind } from '../src/index.ts';

const size = { columns: 80, rows: 24, widthPixels: 640, heightPixels: 480 };
const bytes = (text: string) => Buffer.from(text, 'latin1');

export const GLOBAL_REQUESTS: readonly GlobalRequestKind[] = [
  { kind: 'tcpip-forward', address: '0.0.0.0', port: 0 },
  { kind: 'cancel-tcpip-forward', address: 'localhost', port: 8080 },
  { kind: 'streamlocal-forward@openssh.com', socketPath: bytes('/run/a.sock') },
  { kind: 'cancel-streamlocal-forward@openssh.com', socketPath: bytes('/run/\xff.sock') },
  { kind: 'keepalive@openssh.com', data: bytes('') },
  { kind: 'no-more-sessions@openssh.com' },
  { kind: 'hostkeys-00@openssh.com', keys: [bytes('key one'), bytes('key two')] },
  { kind: 'hostkeys-prove-00@openssh.com', keys: [] },
  { kind: 'unknown', name: 'elevation', data: bytes('\0\x01\xff') },
];

export const CHANNEL_OPENS: readonly ChannelOpenKind[] = [
  { kind: 'session' },
  { kind: 'direct-tcpip', host: 'db.internal', port: 5432, originatorAddress: '::1', originatorPort: 40_000 },
  { kind: 'forwarded-tcpip', host: '', port: 80, originatorAddress: '192.0.2.1', originatorPort: 1 },
  {
    kind: 'direct-streamlocal@openssh.com',
    socketPath: bytes('/var/run/docker.sock'),
    originator: bytes(''),
    originatorPort: 0,
  },
  { kind: 'forwarded-streamlocal@openssh.com', socketPath: bytes('/tmp/s'), reserved: bytes('') },
  { kind: 'x11', originatorAddress: '127.0.0.1', originatorPort: 6010 },
  { kind: 'auth-agent@openssh.com' },
  { kind: 'tun@openssh.com', mode: 1, unit: 0x7fffffff },
  { kind: 'unknown', name: 'made-up@example.com', data: bytes('whatever\0') },
];

export const CHANNEL_REQUESTS: readonly ChannelRequestKind[] = [
  { kind: 'pty-req', terminal: 'xterm-256color', size, modes: bytes('\x81\0\0\x96\0\0') },
  {
    kind: 'x11-req',
    singleConnection: true,
    authenticationProtocol: 'MIT-MAGIC-COOKIE-1',
    authenticationCookie: '00ff',
    screen: 0,
  },
  { kind: 'env', name: 'LANG', value: bytes('de_DE.UTF-8') },
  { kind: 'shell' },
  { kind: 'exec', command: bytes('ls -la \xe4') },
  { kind: 'subsystem', name: 'sftp' },
  { kind: 'window-change', size },
  { kind: 'xon-xoff', clientCanDo: false },
  { kind: 'signal', signal: 'TERM' },
  { kind: 'exit-status', status: 255 },
  { kind: 'exit-signal', signal: 'KILL', coreDumped: true, message: 'killed', languageTag: 'en' },
  { kind: 'break', lengthMs: 500 },
  { kind: 'auth-agent-req@openssh.com' },
  { kind: 'eow@openssh.com' },
  { kind: 'keepalive@openssh.com' },
  { kind: 'unknown', name: 'winadj@putty.projects.tartarus.org', data: bytes('') },
];
