# Sourced by ./check, ./quickstart and ./sallyport from the root of the checkout.
# Makes sure that npm packages are installed, and puts the pinned Node first in PATH.
# Needs Node >= 20 with npm to begin with; says so, and how to get it, if missing.

sallyport_install_node() {
  local sudo=""
  [ "$(id -u)" -eq 0 ] || sudo="sudo"
  if ! command -v apt-get >/dev/null; then
    echo "sallyport: Node 20 or newer is needed, with npm. Install it, then run this again." >&2
    exit 1
  fi
  echo "sallyport: installing the Debian packages nodejs and npm (there is no Node on this machine)" >&2
  $sudo apt-get update -qq && $sudo apt-get install -y -qq --no-install-recommends nodejs npm >/dev/null || {
    echo "sallyport: could not install nodejs. Install Node 20 or newer, then run this again." >&2
    exit 1
  }
}

sallyport_bootstrap() {
  command -v node >/dev/null && command -v npm >/dev/null || sallyport_install_node
  local major
  major="$(node -p 'process.versions.node.split(".")[0]')"
  if [ "$major" -lt 20 ]; then
    echo "sallyport: Node $(node -v) is too old; 20 or newer is needed to install the pinned one." >&2
    exit 1
  fi
  local stamp="node_modules/.sallyport-lock"
  if ! cmp -s package-lock.json "$stamp"; then
    echo "sallyport: installing npm packages (about a minute the first time)" >&2
    # Not "npm ci": it refuses a lock file that lacks a package of another platform.
    if ! npm install --no-save --no-audit --no-fund --loglevel=error >&2; then
      echo "sallyport: npm could not install the packages. Check the network and the npm registry, then run this again." >&2
      exit 1
    fi
    cp package-lock.json "$stamp"
  fi
  export PATH="$PWD/node_modules/.bin:$PATH"
  export NX_DAEMON=false NX_TUI=false
}
