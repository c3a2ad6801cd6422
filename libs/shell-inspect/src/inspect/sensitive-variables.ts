/** Variables that a caller may always set: how text looks, nothing else. */
const HARMLESS = /^(?:LANG|LANGUAGE|LC_[A-Z]+|TZ|TERM|COLORTERM|NO_COLOR)$/;

/**
 * Variables that make a shell or a common program run or load something, find programs elsewhere, or read another
 * configuration. Setting one is `ssh.unknown` too.
 */
const SENSITIVE = new RegExp(
  `^(?:${[
    // The shells themselves.
    'PATH|BASH_ENV|ENV|SHELLOPTS|BASHOPTS|BASH_FUNC_.*|BASH_COMPAT|BASH_LOADABLES_PATH|PROMPT_COMMAND|PS[0-4]|EXECIGNORE',
    'SHELL|HOME|ZDOTDIR|FPATH|fpath|path|MODULE_PATH|module_path|NULLCMD|READNULLCMD|MAILPATH|mailpath|FCEDIT|HISTFILE|INPUTRC',
    'psvar|precmd_functions|preexec_functions|chpwd_functions|zshexit_functions|aliases|galiases|saliases|functions',
    'commands|options|dis_.*|BASH_ALIASES|BASH_CMDS|BASH_XTRACEFD|CDPATH|cdpath|POSIXLY_CORRECT|TMOUT|FUNCNEST',
    // The loader and the C library.
    'LD_.*|DYLD_.*|GCONV_PATH|LOCPATH|NLSPATH|HOSTALIASES|RESOLV_HOST_CONF|RES_OPTIONS|GLIBC_TUNABLES|MALLOC_.*|TERMINFO.*|TERMCAP',
    // Languages.
    'PYTHON.*|PERL.*|RUBY.*|GEM_.*|BUNDLE_.*|NODE_.*|NPM_CONFIG_.*|npm_config_.*|DENO_.*|BUN_.*|JAVA_.*|_JAVA_OPTIONS|JDK_.*|CLASSPATH',
    'LUA_.*|PHP.*|R_.*|JULIA_.*|GOFLAGS|GOPATH|GOROOT|CARGO_.*|RUST.*|AWK.*|GAWK.*|TCL.*|GUILE_.*|ERL_.*|DOTNET_.*|COR.*_PROFILER.*',
    // Pagers, editors, helpers.
    'PAGER|[A-Z]+_PAGER|MANPAGER|MANOPT|MANPATH|MANROFFOPT|LESS.*|MORE|MOST|EDITOR|VISUAL|[A-Z]+_EDITOR|BROWSER|[A-Z_]*ASKPASS|EXINIT|VIM.*|NVIM.*|EMACS.*',
    'GIT_(?!AUTHOR_|COMMITTER_|TERMINAL_PROMPT$|PROTOCOL$|OPTIONAL_LOCKS$).*|CVS_.*|SVN_.*|HG.*|RSYNC_.*|TAR_OPTIONS|GREP_OPTIONS|ZIPOPT|UNZIP|GZIP|TAPE|RSH',
    'MAKE.*|CC|CXX|CPP|LDFLAGS|CFLAGS|GCC_.*|PKG_CONFIG.*|CMAKE_.*|SSH_.*|SUDO_.*|DISPLAY|WAYLAND_DISPLAY|DBUS_.*|XAUTHORITY|XDG_.*',
    'KUBECONFIG|KUBECTL_.*|HELM_.*|DOCKER_.*|CONTAINER_.*|AWS_.*|GOOGLE_.*|CLOUDSDK_.*|AZURE_.*|TF_.*|ANSIBLE_.*|VAULT_.*',
    'PSQL.*|PG(?:SERVICE.*|SYSCONFDIR|PASSFILE|OPTIONS)|MYSQL_.*|SQLITE_.*|REDISCLI_.*|OPENSSL_.*|CURL_.*|WGETRC|SYSTEMWGETRC|NETRC|GNUPGHOME|GPG_.*',
    'SYSTEMD_.*|APT_CONFIG|DPKG_.*|DEBCONF_.*|RPM_.*|QT_.*|GTK_.*|GIO_.*|GST_.*|LADSPA_PATH|MAGICK_.*|GS_.*|TEX.*|NMAPDIR|W3M.*|LYNX.*|FZF_.*|RIPGREP_CONFIG_PATH|JQ.*',
    'http_proxy|https_proxy|all_proxy|ALL_PROXY|HTTP_PROXY|HTTPS_PROXY|SSL_CERT_.*|REQUESTS_CA_BUNDLE',
  ].join('|')})$`,
);

/** Variables that are integers to some shell: a value given to them is evaluated as arithmetic. */
const INTEGERS =
  /^(?:S?RANDOM|OPTIND|SECONDS|LINENO|HISTCMD|HISTSIZE|SAVEHIST|COLUMNS|LINES|TMOUT|KEYTIMEOUT|MAILCHECK|BASHPID|PPID|PGRP|E?[UG]ID|ERRNO|TTYIDLE|SHLVL|LOGCHECK|EPOCH[A-Z]+)$/;

/** Whether a value given to the variable may run what is in it. */
export function isEvaluatedVariable(name: string, value: string | undefined): boolean {
  return INTEGERS.test(name) && (value === undefined || !/^-?\d*$/.test(value));
}

export function isHarmlessVariable(name: string): boolean {
  return HARMLESS.test(name);
}

export function isSensitiveVariable(name: string): boolean {
  return SENSITIVE.test(name);
}
