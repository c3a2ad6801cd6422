/**
 * What the target runs for a guarded shell: a bash whose parser never reads
 * the terminal. Its commands come from a pipe that repeats one constant line;
 * that line has a function read a line of the terminal, ask the door about it,
 * and evaluates the very text that the door allowed. So there is no prompt that
 * could be reached without the question, and nothing is left on the target.
 */

/** Begins every mark: an operating system command that terminals do not know (ECMA-48, 8.3.89). */
export const MARK_START = '\u001b]7733;sallyport;';
/** Ends every mark. */
export const MARK_END = '\u0007';
/** No line of a caller's may hold it: every name of the guard begins with it. */
export const GUARD_PREFIX = '__sallyport';

/**
 * Has what the door allowed evaluated, once. Without quotes: an interrupt may
 * come in the middle of it, and what is left of it must be a whole command too.
 */
const TURN = `${GUARD_PREFIX}_turn $?;eval $${GUARD_PREFIX}_do`;

/**
 * `read` gives the first of the lines that a paste or a recalled command holds,
 * so there are none such: pastes come as typed, history holds single lines.
 * -p: neither functions nor options come in through the environment. Key
 * bindings that run something without a line being entered are taken off.
 * `printf` and `read` name builtins: no line may define functions of such names.
 */
const PRELUDE = String.raw`
set +o history +H
shopt -u expand_aliases promptvars
unalias -a
history -c
unset PROMPT_COMMAND PS0 MAILCHECK MAIL HISTFILE HISTIGNORE TMOUT ENV BASH_ENV
HISTCONTROL=
set -b
INPUTRC=/etc/inputrc
PS1= PS2=
BASH_ARGV0=bash
exec 9<&-
for __sallyport_m in emacs-standard emacs-meta emacs-ctlx vi-move vi-insert; do for __sallyport_f in edit-and-execute-command vi-edit-and-execute-command shell-expand-line execute-named-command re-read-init-file operate-and-get-next bracketed-paste-begin start-kbd-macro end-kbd-macro call-last-kbd-macro; do bind -m "$__sallyport_m" -u "$__sallyport_f" 2>/dev/null; done; done
bind 'set enable-bracketed-paste off' 2>/dev/null
bind '"\e[7733~": "\C-e\C-v\C-c\C-j"' 2>/dev/null
export -n INPUTRC
unset INPUTRC __sallyport_m __sallyport_f
__sallyport_go() { __sallyport_line=; trap "$__sallyport_stop" INT; return "$1"; }
__sallyport_say() { printf '%s\n' "$1" >&2; }
__sallyport_encode() {
  local LC_ALL=C
  __sallyport_q=${'$'}{__sallyport_q//%/%25}
  __sallyport_q=${'$'}{__sallyport_q//$'\n'/%0A}
  __sallyport_q=${'$'}{__sallyport_q//$'\t'/%09}
  [[ $__sallyport_q != *[[:cntrl:]]* ]]
}
__sallyport_ask() {
  local __sallyport_i='' __sallyport_a='' __sallyport_q=$1
  if ! __sallyport_encode; then __sallyport_say 'sallyport: a line with control characters is not run'; return 1; fi
  IFS= read -r __sallyport_i </proc/sys/kernel/random/uuid || exit 126
  IFS= read -r -s -p $'\e]7733;sallyport;'"$__sallyport_n;ask;$__sallyport_i;$__sallyport_q"$'\a' __sallyport_a || exit 126
  while :; do
    case $__sallyport_a in
      *"$__sallyport_i "*)
        __sallyport_typed+=${'$'}{__sallyport_a%%"$__sallyport_i "*}
        __sallyport_a=${'$'}{__sallyport_a#*"$__sallyport_i "}
        case $__sallyport_a in
          note\ *) __sallyport_say "${'$'}{__sallyport_a#note }" ;;
          allow) return 0 ;;
          deny) return 1 ;;
          more) return 2 ;;
          skip) return 3 ;;
          *) exit 126 ;;
        esac ;;
      *) __sallyport_typed+=$__sallyport_a$'\n' ;;
    esac
    IFS= read -r -s __sallyport_a || exit 126
  done
}
__sallyport_read() {
  local __sallyport_r=''
  __sallyport_typed=${'$'}{__sallyport_typed//$'\r'/$'\n'}
  case $__sallyport_typed in
    *$'\n'*)
      __sallyport_l=${'$'}{__sallyport_typed%%$'\n'*}
      __sallyport_typed=${'$'}{__sallyport_typed#*$'\n'}
      printf '%s%s\n' "$1" "$__sallyport_l" >&2
      return 0 ;;
  esac
  __sallyport_r=$__sallyport_typed
  __sallyport_typed=
  IFS= read -e -r -p "$1" -i "$__sallyport_r" __sallyport_l
}
__sallyport_turn() {
  local __sallyport_l='' __sallyport_t='' __sallyport_p='\u@\h:\w\$ '
  trap '' INT
  jobs -ns >&2
  unset -n __sallyport_line
  unset -v __sallyport_line
  __sallyport_line=
  
  printf '\e]7733;sallyport;%s;ready;%s\a' "$__sallyport_n" "$1" >&2
  __sallyport_p=${'$'}{__sallyport_p@P}
  while :; do
    if ! __sallyport_read "$__sallyport_p"; then
      [[ -n $__sallyport_t ]] || __sallyport_say exit
      __sallyport_line=exit
      return "$1"
    fi
    case $__sallyport_l in *$'\x03') __sallyport_line='__sallyport_go 130'; return 0 ;; esac
    __sallyport_t+=$__sallyport_l
    [[ $__sallyport_l != *[![:space:]]* ]] || history -s -- "$__sallyport_l"
    if [[ $__sallyport_t != *[![:space:]]* ]]; then __sallyport_line="__sallyport_go $1"; return 0; fi
    __sallyport_ask "$__sallyport_t"
    case $? in
      0)
        __sallyport_line="__sallyport_go $1"$'\n'"$__sallyport_t"
        return 0 ;;
      2) __sallyport_t+=$'\n' __sallyport_p='> ' ;;
      3) __sallyport_line="__sallyport_go $1"; return 0 ;;
      *) __sallyport_line='__sallyport_go 126'; return 0 ;;
    esac
  done
}
__sallyport_typed=
__sallyport_do='eval "$__sallyport_line"'
IFS= read -r -s -p $'\e]7733;sallyport;hello\a' __sallyport_n || exit 126
__sallyport_stop='break 999 2>/dev/null'
readonly __sallyport_n __sallyport_do __sallyport_stop
readonly -f __sallyport_go __sallyport_say __sallyport_encode __sallyport_ask __sallyport_read __sallyport_turn
`.trim();

/** The command that starts it, for login shells of the sh family. The nonce is not in it: the door tells it later. */
export const BASH_PROGRAM = [
  `{ cat <<'${GUARD_PREFIX}_end'`,
  PRELUDE,
  `${GUARD_PREFIX}_end`,
  `exec yes '${TURN}'; } 2>/dev/null | exec bash --noprofile --norc -p -i /dev/fd/9 9<&0 0<&1`,
].join('\n');
