#!/usr/bin/env bash
# Sourced by bench.sh, test.sh and chaos.sh: functions that install what scripts/packages.tsv names and this machine
# lacks (Debian and Ubuntu, through apt), and that build a preset. Sourcing it changes nothing on the machine.
set -euo pipefail

unset CDPATH  # else cd prints where it goes
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

# Debian's modules belong to Debian's interpreter; another python3 may come first on the PATH.
python=/usr/bin/python3

# Whether Python can read options. Debian's python3-minimal cannot: it lacks most of the standard library.
has_python() {
  "$python" -S -c 'import argparse, dataclasses, difflib, json' 2>/dev/null
}

# packages_for PURPOSE...: the packages whose second column is one of bench, peer, test, style.
packages_for() {
  local name purpose
  while IFS=$'\t' read -r name purpose _; do
    case " $* " in *" $purpose "*) printf '%s\n' "$name" ;; esac
  done <scripts/packages.tsv
}

# not_installed PACKAGE...: those of them that are not. One question about all of them: each is a process that reads all that is installed.
not_installed() {
  local name status there=" "
  while read -r name status; do
    [[ $status != *"ok installed" ]] || there+="$name "
  done < <(dpkg-query --show --showformat='${Package} ${Status}\n' "$@" 2>/dev/null)
  for name in "$@"; do
    [[ $there == *" $name "* ]] || printf '%s\n' "$name"
  done
}

# install_missing PACKAGE...: those of them that are not installed.
install_missing() {
  local missing sudo=()
  command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || {
    echo "setup: this is no Debian or Ubuntu system (apt-get is missing); needed, by Debian's names: $*" >&2
    return 1
  }
  mapfile -t missing < <(not_installed "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null && [ ! -t 0 ]; then
      echo "setup: not root and no sudo; missing packages: ${missing[*]}" >&2
      return 1
    fi
    sudo=(sudo)
  fi
  echo "setup: installing ${missing[*]}" >&2
  "${sudo[@]}" apt-get update -qq
  if ! "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; then
    echo "setup: apt-get could not install: ${missing[*]}" >&2
    return 1
  fi
}

# install_peers: the libraries of implementations that can be left out. This release may lack one of them, or there may
# be no way to install it: then it says so, and goes on.
install_peers() {
  local name peers missing known=()
  command -v apt-cache >/dev/null && command -v dpkg-query >/dev/null || return 0
  mapfile -t peers < <(packages_for peer)
  mapfile -t missing < <(not_installed "${peers[@]}")
  [ ${#missing[@]} -gt 0 ] || return 0
  for name in "${missing[@]}"; do
    if apt-cache show "$name" >/dev/null 2>&1; then known+=("$name"); else
      echo "setup: this release has no package $name: implementations that stand on it are left out" >&2
    fi
  done
  [ ${#known[@]} -eq 0 ] || install_missing "${known[@]}" ||
    echo "setup: implementations that stand on these are left out: ${known[*]}" >&2
}

# build PRESET [OPTION...]: configures it, with these options for cmake; says how long the compiling may take;
# compiles what the array `targets` names ("--target", and their names), or else what the preset does. All on stderr:
# stdout belongs to the outcome.
targets=()
build() {
  local log
  log=$(mktemp)
  cmake --preset "$@" >"$log" 2>&1 || { cat "$log" >&2; rm -f "$log"; return 1; }
  rm -f "$log"
  "$python" scripts/build_times.py --ahead "build/$1" "${targets[@]}" >&2
  cmake --build --preset "$1" "${targets[@]}" >&2
}
