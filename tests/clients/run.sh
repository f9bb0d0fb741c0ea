#!/usr/bin/env bash
# tests/clients/run.sh PROGRAM: runs real Bot API clients from npm against telegram-sim.
set -euo pipefail
TELEGRAM_SIM=$(realpath "${1:?usage: run.sh path/to/telegram-sim}")
export TELEGRAM_SIM
cd "$(dirname "$0")"
command -v npm >/dev/null || { echo "npm is missing: ./dev setup installs it" >&2; exit 1; }
# Once per lock file.
stamp=node_modules/.installed
if ! cmp -s package-lock.json "$stamp"; then
    npm ci --no-audit --no-fund --loglevel=error
    cp package-lock.json "$stamp"
fi
exec node --test --test-concurrency=1 grammy.test.mjs node_telegram_bot_api.test.mjs
