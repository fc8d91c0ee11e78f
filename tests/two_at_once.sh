#!/bin/sh
# two_at_once.sh PROGRAM ARGUMENTS...: two runs of the same tests side by side, as of two people on one machine. Both
# must pass: neither may take the other's port, socket, folder or process for its own.
set -u
"$@" &
first=$!
"$@"
second_code=$?
wait "$first"
first_code=$?
[ "$first_code" -eq 0 ] && [ "$second_code" -eq 0 ] && exit 0
echo "two_at_once.sh: exit codes $first_code and $second_code of two runs of $*" >&2
exit 1
