import type { Invocation, ProgramRule } from './invocation.ts';

/** Programs that run code which is not in the words, or let who sits at them run anything. */
const OPAQUE = `
  . source autoload bind bindkey compadd compctl compdef complete compgen compopt emulate
  enable fc functions history options sched setopt unsetopt vared zcompile zle zmodload zparseopts zstyle zsystem
  ztcp getln sysread sysopen zselect zstat strftime nameref foreach end disable suspend

  python pypy ipython jython perl ruby irb jruby node nodejs deno bun tsx ts-node php phpdbg lua luajit tclsh wish
  expect guile racket gosh scheme mit-scheme sbcl clisp ecl R Rscript julia octave scala kotlin kotlinc groovy jshell
  java javaw jrunscript ghci runghc runhaskell erl escript elixir iex mix swift dotnet mono csi osascript
  perldoc pry nim crystal raku rakudo m4 dc gnuplot maxima gs ghostscript

  vi vim nvim view ex ed red gvim gview rvim rview vimdiff emacs emacsclient nano rnano pico joe jed jmacs mcedit mc
  micro helix hx kak ne tilde sensible-editor editor select-editor vipw vigr visudo sudoedit crontab at batch
  less more most pg man info pinfo sensible-pager pager w3m lynx links elinks ranger nnn lf vifm
  htop atop btop nethogs

  sqlite3 psql mysql mariadb mongo mongosh sqlplus ftp lftp sftp tftp telnet cscope gdb lldb
  gdbserver strace ltrace perf valgrind bpftrace stap script scriptreplay tmux screen dtach abduco zellij ttyrec
  rlwrap unbuffer xterm urxvt konsole gnome-terminal

  make gmake bmake cmake ctest ninja meson scons rake just task ant mvn gradle gradlew sbt bazel buck npm npx yarn pnpm
  corepack pip pipx pipenv poetry uv uvx conda mamba gem bundle bundler cargo go rustc rustup cabal stack composer
  cpan cpanm luarocks tox nox pytest nosetests jest mocha nodemon pm2 forever cc gcc g++ c++ clang clang++ tcc ld
  dpkg-buildpackage rpmbuild debuild nix nix-shell nix-env guix brew snap flatpak

  run-one run-this-one chronic ifne pee vipe vidir zrun mispipe parallel-ssh sem faketime direnv asdf nvm rbenv pyenv
  mise volta fnm doppler chamber aws-vault envchain summon dumb-init tini catatonit supervise openvt autossh sash
  micropython qjs d8 gjs jimsh picolisp texlua luatex lualatex latex pdflatex xelatex tex bpython elvis nvi
  bat fzf sk delta duckdb sqlite fail2ban-client adduser deluser initctl op sponge es scsh

  systemd-cat systemd-socket-activate logsave switch_root mmdebstrap lli opt prove jdb jexec javac jarsigner ssh-argv0
  sshfs rsync-ssl msgexec msgfilter gpg-connect-agent gpgtar scalar gdbtui pg_virtualenv pdb pydoc ldd luit invoke-rc.d
  sulogin debugfs lesspipe lessfile vimtutor groff troff pic soelim nroff sensible-browser ptargrep perlbug xterm
  gdb-add-index gcore vtysh lftpget dpkg-source dpkg-buildpackage dpkg-preconfigure pkcon cpack

  parallel pexec entr watchexec hyperfine run-parts start-stop-daemon daemonize daemon chpst setuidgid envdir
  softlimit setlock runit runsv s6-setuidgid s6-envdir s6-softlimit supervisord supervisorctl
  systemd-run systemd-nspawn systemd-inhibit machinectl dbus-run-session dbus-launch dbus-send busctl gdbus
  xvfb-run fakeroot fakechroot proot firejail bwrap flatpak-spawn torify torsocks proxychains proxychains4 tsocks
  capsh setpriv pkexec runuser sg newgrp login agetty getty aa-exec runcon setarch linux32 linux64 i386 x86_64 prlimit
  cpulimit cgexec cgclassify numactl trickle ld.so ld-linux.so ld-linux-x86-64.so.2 ld-linux-aarch64.so.1 ld-musl-x86_64.so.1
  qemu qemu-x86_64 qemu-aarch64 qemu-system-x86_64 wine box64 socat nc ncat netcat nc.traditional nc.openbsd netcat-traditional
  cryptcat xinetd inetd tcpserver msfconsole mail mailx mutt pine elm rlogin rsh rexec
  pssh pdsh dsh clush ansible ansible-playbook ansible-console ansible-pull salt salt-call salt-ssh puppet chef-client
  chef-solo fab cap pulumi packer vagrant lxc lxc-attach lxc-execute lxd virsh vboxmanage multipass
  insmod modprobe kexec init telinit dpkg-reconfigure debconf update-alternatives logrotate cron anacron incrontab
  facter hping3 tshark dumpcap ssh-agent ssh-add gpg gpg-agent gpgsm openvpn wpa_supplicant wg-quick
  pppd dhclient ifup ifdown rsnapshot restic borg duplicity rclone svn hg cvs bzr fossil darcs mercurial
  tclsh8.6 dialog whiptail rofi dmenu xdotool choom exiftool
`;

const NAMES = OPAQUE.split(/\s+/).filter((name) => name !== '');

/** A question about the program itself. Longer forms only: `-v` and `-h` mean other things to many. */
function isQuestion({ args }: Invocation): boolean {
  return args.length === 1 && args[0]?.isConstant === true && /^--(?:version|help)$/.test(args[0].text);
}

function openOpaque(invocation: Invocation): undefined {
  if (!isQuestion(invocation)) invocation.unknown(`code that ${invocation.kind} runs`);
  return undefined;
}

export const OPAQUE_RULES: ReadonlyMap<string, ProgramRule> = new Map(
  NAMES.map((name) => [name, { open: openOpaque, takesData: true }]),
);
