#!/usr/bin/env bash
# Measures: sets up what is missing, builds the release preset, runs a campaign, prints the report's path.
# All options are campaign.py's: --profile smoke|quick|experiments|downloads|full, --filter REGEX, --time-budget, --out DIR, --list …
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
build release
"$python" scripts/build_times.py build/release
exec "$python" scripts/campaign.py "$@"
