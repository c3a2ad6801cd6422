import type { Argument } from '../words/argument.ts';
import type { Invocation, ProgramRule } from './invocation.ts';
import { readOptions, type GivenOption } from './read-options.ts';

/** Settings of ssh that run nothing and load nothing. */
const SSH_SETTINGS =
  /^(?:BatchMode|ConnectTimeout|ConnectionAttempts|StrictHostKeyChecking|UserKnownHostsFile|GlobalKnownHostsFile|User|Port|HostName|HostKeyAlias|LogLevel|ServerAlive\w+|TCPKeepAlive|Compression|IdentitiesOnly|IdentityFile|PasswordAuthentication|PubkeyAuthentication|PreferredAuthentications|KbdInteractiveAuthentication|NumberOfPasswordPrompts|AddressFamily|ControlMaster|ControlPath|ControlPersist|ForwardAgent|ForwardX11|RequestTTY|Ciphers|MACs|KexAlgorithms|HostKeyAlgorithms|PubkeyAcceptedAlgorithms|CheckHostIP|UpdateHostKeys|VisualHostKey|ExitOnForwardFailure)[ =]/i;

/** `ssh [options] host [command]`: the words of the command go to a shell over there. */
function openSsh(invocation: Invocation): number | undefined {
  const { args } = invocation;
  const read = readOptions(args, { flags: '46AaCfGgKkMNnqsTtVvXxYy', values: 'BbcDEeFIiJLlmOoPpQRSWw' });
  if (!read.ok) {
    invocation.unknown('options of ssh that are not known');
    return undefined;
  }
  if (read.options.some(isDangerous)) invocation.unknown('options of ssh that run code');
  // Options may also stand behind the host.
  const behind = args.slice(read.operands + 1);
  const more = readOptions(behind, { flags: '46AaCfGgKkMNnqsTtVvXxYy', values: 'BbcDEeFIiJLlmOoPpQRSWw' });
  if (!more.ok || more.options.some(isDangerous)) {
    invocation.unknown('options of ssh that run code');
    return undefined;
  }
  const command = behind.slice(more.operands);
  const isQuestion = [...read.options, ...more.options].some(({ name }) => 'NVQGO'.includes(name));
  if (command.length > 0) invocation.runText(command, 'any');
  else if (!isQuestion) invocation.shell();
  return args.length - command.length;
}

function isDangerous({ name, value }: GivenOption): boolean {
  if (name === 'o') return value === undefined || !SSH_SETTINGS.test(value);
  return 'FIE'.includes(name);
}

const CONTAINER_FLAGS = { flags: 'itdPq', values: 'uweEnc', long: '', longValues: '' } as const;

/** `docker exec C command` is opened; `run`, `build`, `compose` and plugins run what an image or a file says. */
function openContainer(invocation: Invocation): number | undefined {
  const { args, kind } = invocation;
  const [verb] = args;
  if (verb?.isConstant !== true || !CONTAINER_VERBS.test(verb.text)) {
    invocation.unknown(`code that ${kind} runs`);
    return undefined;
  }
  return verb.text === 'exec' ? openExec(invocation, 1) : undefined;
}

function openAnyContainer(invocation: Invocation): undefined {
  invocation.unknown(`code that ${invocation.kind} runs`);
  return undefined;
}

const CONTAINER_VERBS =
  /^(?:exec|ps|logs|inspect|images|info|version|stats|top|port|diff|events|history|search|stop|start|restart|kill|pause|unpause|rm|rmi|rename|wait|tag|pull|push|login|logout)$/;

function openExec(invocation: Invocation, from: number): number | undefined {
  const { args, kind } = invocation;
  const read = readOptions(args.slice(from), {
    ...CONTAINER_FLAGS,
    long: 'interactive tty detach privileged stdin quiet',
    longValues: 'user workdir env env-file container namespace context',
  });
  if (!read.ok) {
    invocation.unknown(`options of ${kind} that are not known`);
    return undefined;
  }
  const target = from + read.operands;
  const command = args.slice(target + 1);
  if (command[0]?.isConstant === false) invocation.unknown(`words of ${kind} that are not known`);
  invocation.run(command);
  return target + 1;
}

const KUBECTL_VERBS =
  /^(?:get|describe|logs|top|explain|version|api-resources|api-versions|cluster-info|config|auth|wait|rollout|scale|delete|apply|create|label|annotate|cordon|uncordon|drain|taint|expose|patch|set|diff|replace|cp)$/;

/** `kubectl exec POD -- command` is opened; plugins, `run`, `debug`, `edit` and others run what is not told. */
function openKubectl(invocation: Invocation): number | undefined {
  const { args, kind } = invocation;
  const read = readOptions(args, {
    values: 'nlsv',
    longValues: 'namespace context cluster user request-timeout',
    long: 'all-namespaces',
  });
  const verb = read.ok ? args[read.operands] : undefined;
  if (verb?.isConstant !== true || args.some(isKubectlDanger)) {
    invocation.unknown(`code that ${kind} runs`);
    return undefined;
  }
  if (verb.text === 'exec') {
    const dashes = args.findIndex(({ text }) => text === '--');
    if (dashes >= 0) {
      invocation.run(args.slice(dashes + 1));
      return dashes + 1;
    }
  }
  if (!KUBECTL_VERBS.test(verb.text)) invocation.unknown(`code that ${kind} runs`);
  return undefined;
}

function isKubectlDanger({ text }: Argument): boolean {
  // A kubeconfig or a kustomization names programs that are run.
  return /^--(?:kubeconfig|kustomize|token|as|exec)|^-k/.test(text);
}

export const REMOTE_RULES: ReadonlyMap<string, ProgramRule> = new Map<string, ProgramRule>([
  ['ssh', { open: openSsh }],
  ['slogin', { open: openSsh }],
  ...['docker', 'podman', 'nerdctl'].map((name): [string, ProgramRule] => [name, { open: openContainer }]),
  ...['crictl', 'ctr', 'docker-compose', 'podman-compose', 'buildah', 'runc', 'crun'].map(
    (name): [string, ProgramRule] => [name, { open: openAnyContainer }],
  ),
  ...['kubectl', 'oc', 'k3s', 'microk8s.kubectl'].map((name): [string, ProgramRule] => [
    name,
    { open: openKubectl },
  ]),
]);
