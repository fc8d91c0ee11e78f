#!/usr/bin/env bash
# Measures: reads the options, installs what is missing, builds what the profile needs of the preset bench, runs a
# campaign, prints the report's path. All options are campaign.py's: --profile, --filter REGEX, --time-budget TIME,
# --out DIR, --list …; --help prints them. What is wrong with them is said before anything is installed or built.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

# refuse MESSAGE: the option is misused.
refuse() {
  echo "error: $1" >&2
  exit 2
}

# Without Python: looks the names of the options and the profile up in the help text that campaign.py has left.
check_names() {
  local help profiles name value
  help=$(<scripts/bench_help.txt)
  profiles=$(sed -n 's/^  --profile NAME *\(.*\) (default.*/\1/p' scripts/bench_help.txt)
  while [ $# -gt 0 ]; do
    name=${1%%=*} value=${1#*=}
    [[ $name != -h && $name != --help ]] || { echo "$help"; exit 0; }
    [[ $name != -* || $help =~ (^|[[:space:]])"$name"([[:space:]]|$) ]] ||
      refuse "unrecognized arguments: $1; --help lists the options"
    if [ "$name" = --profile ]; then
      [ "$value" != --profile ] || { value=${2:-}; shift $(($# > 1)); }
      [[ ", $profiles, " == *", $value, "* ]] || refuse "unknown profile '$value'; valid: $profiles"
    fi
    shift
  done
}

if ! has_python; then
  check_names "$@"
  install_missing python3
fi
# argparse answers these before anything else, and ends.
for argument in "$@"; do
  case $argument in -h | --help) exec "$python" scripts/campaign.py "$@" ;; esac
done
"$python" scripts/campaign.py --check-options "$@"
for argument in "$@"; do
  case $argument in
    --list | --dry-run) echo "bench.sh: the benchmarks list their cases themselves; what is missing is installed and built first" >&2 ;;
  esac
done
mapfile -t packages < <(packages_for bench)
install_missing "${packages[@]}"
install_peers
mapfile -t needed < <("$python" scripts/campaign.py --targets "$@")
targets=(--target "${needed[@]}")
build bench
"$python" scripts/build_times.py build/bench >&2
exec "$python" scripts/campaign.py "$@"
