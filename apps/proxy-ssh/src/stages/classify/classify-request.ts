/** What every request but a command would do: there is nothing to read in them. */
import type { ChannelOpenKind } from '@sallyport/codec-ssh';
import type { Effect, EffectObject } from '@sallyport/policy-sdk';
import type { SessionSetup } from '../../channels/session-setup.ts';
import { setupContext, setupFields } from './setup-fields.ts';
import type { StatementAsk } from './statement-ask.ts';

/** Variables that change nothing but languages, colours and times that are shown. */
const HARMLESS = /^(LANG|LANGUAGE|LC_[A-Z]+|TZ|TERM|COLORTERM|NO_COLOR)$/;
/** And only with values that are names: a path in LANGUAGE or TZ is a file that is read. */
const HARMLESS_VALUE = /^[A-Za-z0-9._@:+-]{0,64}$|^[A-Z][A-Za-z_]+\/[A-Za-z_+-]+$/;

export function isHarmlessVariable(name: string, value: Buffer): boolean {
  return HARMLESS.test(name) && HARMLESS_VALUE.test(value.toString('latin1'));
}

export function classifyShell(setup: SessionSetup): StatementAsk {
  return ask('ssh.shell', [effect('ssh.shell')], 'shell', setup);
}

/** A shell in which each line is decided on before it runs. */
export function classifyGuardedShell(setup: SessionSetup): StatementAsk {
  return ask('ssh.shell', [effect('ssh.shell.guarded')], 'guarded shell', setup);
}

export function classifySubsystem(name: string, setup: SessionSetup): StatementAsk {
  const effects = [effect('ssh.subsystem', { kind: 'subsystem', name })];
  const made = ask('ssh.subsystem', effects, `subsystem ${name}`, setup);
  return { ...made, fields: { ...made.fields, subsystem: name } };
}

export function classifyVariable(name: string, value: Buffer): StatementAsk {
  return {
    kind: 'ssh.env',
    effects: [effect('ssh.env', { kind: 'variable', name })],
    // Values are as often secrets as not.
    text: `${name}=***`,
    exactText: `${name}=${value.toString('latin1')}`,
    context: [],
    fields: { variable: name },
  };
}

export function classifyAgent(): StatementAsk {
  return bare('ssh.agent', [effect('ssh.agent')], 'agent forwarding');
}

export function classifyX11(): StatementAsk {
  return bare('ssh.x11', [effect('ssh.x11')], 'X11 forwarding');
}

/** Of a channel that a caller opens; null for one that is no forward. */
export function classifyForward(open: ChannelOpenKind): StatementAsk | null {
  switch (open.kind) {
    case 'direct-tcpip':
      return forward('ssh.forward.local', { kind: 'host', name: hostName(open.host, open.port) });
    case 'direct-streamlocal@openssh.com':
      return forward('ssh.forward.local', { kind: 'path', name: open.socketPath.toString('latin1') });
    case 'session':
    case 'forwarded-tcpip':
    case 'forwarded-streamlocal@openssh.com':
    case 'x11':
    case 'auth-agent@openssh.com':
    case 'tun@openssh.com':
    case 'unknown':
      return null;
  }
}

/** Of a port or socket that the target should listen on. */
export function classifyRemoteForward(object: EffectObject): StatementAsk {
  return forward('ssh.forward.remote', object);
}

/** `host:port`, IPv6 in brackets. */
export function hostName(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host.toLowerCase()}:${port}`;
}

function forward(action: string, object: EffectObject): StatementAsk {
  return bare('ssh.forward', [effect(action, object)], `${action.slice('ssh.'.length)} ${object.name}`);
}

function ask(kind: string, effects: readonly Effect[], text: string, setup: SessionSetup): StatementAsk {
  return { kind, effects, text, exactText: text, context: setupContext(setup), fields: setupFields(setup) };
}

function bare(kind: string, effects: readonly Effect[], text: string): StatementAsk {
  return { kind, effects, text, exactText: text, context: [], fields: {} };
}

function effect(action: string, ...objects: EffectObject[]): Effect {
  return { action, objects, readOnly: false };
}
