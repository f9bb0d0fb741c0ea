#!/usr/bin/env bash
# Installs what is missing on Debian 12: setup.sh GROUP..., the groups of tools/dev/packages.txt.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tools/dev/say.sh

missing=()
for group in "$@"; do
    while read -r name program; do
        # A program that is there under any name of packaging is good enough (node from elsewhere).
        if [ -n "$program" ] && command -v "$program" >/dev/null; then continue; fi
        state=$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null || true)
        [ "$state" = installed ] || missing+=("$name")
    done < <(awk -v group="$group" '$1 == group {print $2, $3}' tools/dev/packages.txt)
done
[ ${#missing[@]} -gt 0 ] || exit 0

step "install ${#missing[@]} packages: ${missing[*]}"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        fail "these packages are missing and neither root nor sudo is at hand: ${missing[*]}"
        exit 1
    fi
    as_root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() { "${as_root[@]}" apt-get install -y --no-install-recommends "${missing[@]}" >"$log" 2>&1; }
# The package list may be old or absent: only then is it fetched.
if ! install; then
    "${as_root[@]}" apt-get update >"$log" 2>&1 || { cat "$log" >&2; fail "apt-get update failed"; exit 1; }
    install || { tail -n 30 "$log" >&2; fail "apt-get install failed"; exit 1; }
fi
good "installed"
