#!/usr/bin/env bash
# Tries the README's two commands on a release of Debian, from a clone of the current commit in a fresh root:
#
#   scripts/try_distribution.sh RELEASE [--only bench|test] [--root DIR] [--presets "PRESET..."]
#
# RELEASE: bookworm or trixie. --only: one of the two commands. --root: where the root is made, or one that an earlier
# try has left, whose packages are then there already (default: build/roots/RELEASE). --presets: those of test.sh.
# Needs root, debootstrap, 300 MB of downloads and 3 GB of disk. It measures nothing worth keeping: the kernel and the
# machine are the ones at hand.
set -euo pipefail
unset CDPATH  # else cd prints where it goes, or goes elsewhere
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# misuse MESSAGE: nothing has been done yet.
misuse() {
  echo "error: $1" >&2
  exit 2
}

release=${1:-}
case $release in bookworm | trixie) shift ;; *) misuse "unknown release '$release'; valid: bookworm, trixie" ;; esac
root=$PWD/build/roots/$release
commands=(bench test)
presets=()
while [ $# -gt 0 ]; do
  case $1 in --only | --root | --presets) [ $# -gt 1 ] || misuse "$1 takes a value" ;; esac
  case $1 in
    --only)
      case $2 in bench | test) commands=("$2") ;; *) misuse "--only '$2'; valid: bench, test" ;; esac
      ;;
    --root) root=$(realpath --canonicalize-missing "$2") ;;
    --presets) read -ra presets <<<"$2" ;;
    *) misuse "unknown option $1; valid: --only, --root, --presets" ;;
  esac
  shift 2
done
[ "$(id -u)" -eq 0 ] || misuse "needs root: it mounts, and changes into another root"
for tool in debootstrap git mountpoint; do
  command -v "$tool" >/dev/null || misuse "'$tool' is missing; apt-get install $tool"
done

# What is mounted here is unmounted however this ends; what an earlier try has left mounted is so, too.
unmount_all() {
  local at
  for at in dev/shm dev sys proc; do
    ! mountpoint --quiet "$root/$at" || umount --lazy "$root/$at"
  done
}
trap unmount_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

make_root() {
  [ ! -e "$root/etc/debian_version" ] || return 0
  echo "== $release: making $root"
  mkdir -p "$root"
  debootstrap --variant=minbase "$release" "$root" http://deb.debian.org/debian >"$root.log" 2>&1 ||
    { tail -5 "$root.log" >&2; echo "error: debootstrap failed; all of it: $root.log" >&2; exit 1; }
}

mount_all() {
  unmount_all
  mount -t proc proc "$root/proc"
  mount -t sysfs -o ro sysfs "$root/sys"
  mount --bind /dev "$root/dev"
  mount -t tmpfs tmpfs "$root/dev/shm"
  cp /etc/resolv.conf "$root/etc/resolv.conf"
}

# inside COMMAND...: in the root, as on a machine whose user has just logged in. Only how many compilers may run at a
# time is taken over from here.
inside() {
  chroot "$root" env -i HOME=/root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    ${CMAKE_BUILD_PARALLEL_LEVEL:+CMAKE_BUILD_PARALLEL_LEVEL="$CMAKE_BUILD_PARALLEL_LEVEL"} \
    sh -c 'cd /root/handoff && exec "$@"' sh "$@"
}

clone() {
  rm -rf "$root/root/handoff"
  git clone --quiet "$PWD" "$root/root/handoff"
}

declare -A outcomes
try() {
  local name=$1 began=$SECONDS code=0
  shift
  echo "== $release: $*"
  inside "$@" || code=$?
  outcomes[$name]="$([ "$code" -eq 0 ] && echo passed || echo "FAILED with $code") after $(((SECONDS - began) / 60)):$(printf %02d $(((SECONDS - began) % 60))): $*"
}

make_root
mount_all
clone
for name in "${commands[@]}"; do
  case $name in
    bench) try bench scripts/bench.sh --profile smoke ;;
    test) try test scripts/test.sh "${presets[@]}" ;;
  esac
done
echo "== $release, commit $(git -C "$root/root/handoff" rev-parse --short HEAD), $(inside sh -c 'g++ --version' | head -1)"
printf '%s\n' "${outcomes[@]}"
[[ "${outcomes[*]}" != *FAILED* ]]
