#!/usr/bin/env bash
# bench.sh [NAME] [options]: every bench/*.py, or one. Each measures beside its anchors.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tools/dev/say.sh

if [ $# -gt 0 ] && [ "${1#-}" = "$1" ]; then
    name=$1
    shift
    if [ ! -f "bench/$name.py" ]; then
        fail "no benchmark is called $name; there are:"
        find bench -name '*.py' ! -name 'lib*.py' -printf '  %f\n' | sed 's/\.py$//' | sort >&2
        exit 2
    fi
    exec python3 "bench/$name.py" "$@"
fi
status=0
for program in bench/*.py; do
    case $program in bench/lib.py | bench/lib_test.py) continue ;; esac
    python3 "$program" "$@" || status=1
done
exit $status
