#!/usr/bin/env bash
# Installs what scripts/packages.tsv names and this machine lacks (Debian and Ubuntu, through apt).
# Sourced by bench.sh and test.sh; afterwards `python` is an interpreter that has the Debian modules.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

missing_packages() {
  local name
  while IFS=$'\t' read -r name _; do
    dpkg-query --show --showformat='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || printf '%s\n' "$name"
  done <scripts/packages.tsv
}

install_missing() {
  local missing sudo=()
  command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || {
    echo "setup: this is no Debian or Ubuntu system (apt-get is missing); needed, by Debian's names:" >&2
    cut -f1 scripts/packages.tsv | paste -sd' ' >&2
    return 1
  }
  mapfile -t missing < <(missing_packages)
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null && [ ! -t 0 ]; then
      echo "setup: not root and no sudo; missing packages: ${missing[*]}" >&2
      return 1
    fi
    sudo=(sudo)
  fi
  echo "setup: installing ${missing[*]}"
  "${sudo[@]}" apt-get update -qq
  if ! "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; then
    echo "setup: apt-get could not install: ${missing[*]}" >&2
    return 1
  fi
}

install_missing || exit 1

# Debian's modules belong to Debian's interpreter; another python3 may come first on the PATH.
python=/usr/bin/python3

# The configured and built preset.
build() {
  cmake --preset "$1" >"/tmp/handoff-configure-$$.log" 2>&1 || { cat "/tmp/handoff-configure-$$.log" >&2; return 1; }
  rm -f "/tmp/handoff-configure-$$.log"
  cmake --build --preset "$1"
}
