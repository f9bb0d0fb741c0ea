#!/usr/bin/env bash
# tests/clients/run.sh PROGRAM FILE...: a real Bot API client from npm against telegram-sim.
set -euo pipefail
TELEGRAM_SIM=$(realpath "${1:?usage: run.sh path/to/telegram-sim FILE...}")
export TELEGRAM_SIM
shift
cd "$(dirname "$0")"
# The mark of tools/dev/setup.sh: exactly the locked versions are there.
cmp -s package-lock.json node_modules/.installed-lock || {
    echo "the clients of package-lock.json are not installed; ./dev setup does it" >&2
    exit 1
}
exec node --test "$@"
