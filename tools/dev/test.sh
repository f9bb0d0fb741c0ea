#!/usr/bin/env bash
# What has to pass before a change lands: test.sh [--long]
#   release: every unit, integration and crash test; asan and tsan: the unit tests.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
source tools/dev/say.sh

long=0
case ${1:-} in
    '') ;;
    --long) long=1 ;;
    *) fail "unknown option: $1 (./dev test [--long])"; exit 2 ;;
esac

# Campaigns draw from this seed: the same commit always makes the same run.
BAUDOT_SEED=${BAUDOT_SEED:-$((16#$(git rev-parse --short=8 HEAD 2>/dev/null || echo 1)))}
export BAUDOT_SEED BAUDOT_LONG=$long
step "seed $BAUDOT_SEED (repeat with BAUDOT_SEED=$BAUDOT_SEED ./dev test)"

table=''
failures=0
run() {
    local what=$1 again=$2 begin=$SECONDS mark=passed
    shift 2
    step "$what"
    if ! "$@"; then
        mark=FAILED
        failures=$((failures + 1))
        again="   $again"
    else
        again=''
    fi
    table+=$(printf '%-34s %-7s %5d s%s' "$what" "$mark" $((SECONDS - begin)) "$again")$'\n'
}

unit() { # PRESET
    ./dev build "$1" --target unit_tests || return 1
    # ThreadSanitizer cannot map its shadow under wide address randomisation.
    setarch -R ctest --preset "$1" -L unit -j "$(nproc)"
}

tools/dev/setup.sh build test || exit 1
run 'build release' './dev build release' ./dev build release
run 'tests, release' 'ctest --preset release' ctest --preset release -LE 'campaign' -j "$(nproc)"
run 'campaigns, release' 'ctest --preset release -L campaign' ctest --preset release -L campaign --no-tests=ignore
run 'unit tests, address+undefined' 'ctest --preset asan -L unit' unit asan
run 'unit tests, thread' 'ctest --preset tsan -L unit' unit tsan

printf '\n%s' "$table" >&2
if [ "$failures" -gt 0 ]; then
    fail "$failures of the steps above failed; the command to repeat stands beside each"
    exit 1
fi
good 'all tests passed'
