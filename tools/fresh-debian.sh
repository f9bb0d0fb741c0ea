#!/usr/bin/env bash
# Proves that a command works on a Debian 12 on which nothing was ever installed: a minimal system
# in a folder, an empty clone of this tree (of what is committed) in it, ../shared/data beside it as
# here, and the command there.
#
#   tools/fresh-debian.sh 'COMMAND' ['COMMAND'...]      for example './dev demo' './dev test'
#
# Needs root and the package debootstrap. Mirror, resolver and certificates are this machine's
# own. The bare system is made once, in $FRESH_BASE (default /tmp/fresh-debian); each run works in
# a copy, which is removed unless FRESH_KEEP=1. Nothing else is shared: no compiler cache, no
# package. Exit code: that of the first command that failed, else 0.
set -euo pipefail

base=${FRESH_BASE:-/tmp/fresh-debian}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

fail() { printf 'fresh-debian: %s\n' "$*" >&2 && exit 1; }

# URI SUITE COMPONENT of every Debian archive that this machine uses.
archives() {
    # apt's own place-holders, not the shell's
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' \
        'Created-By: Packages' 'Origin: Debian' | sort -u | grep bookworm
}

prepare_base() {
    [ ! -f "$base/etc/debian_version" ] || return 0
    command -v debootstrap >/dev/null || fail "install debootstrap first"
    local mirror
    mirror=$(archives | awk '$2 == "bookworm" { print $1; exit }')
    [ -n "$mirror" ] || fail "apt on this machine knows no archive of bookworm"
    debootstrap --variant=minbase --include=ca-certificates bookworm "$base.part" "$mirror" >&2
    mv "$base.part" "$base"
}

# What a machine needs to reach the same network: nothing of it says anything about packages.
give_network() {
    local fresh=$1
    cp -L /etc/resolv.conf /etc/hosts "$fresh/etc/"
    archives | sed 's/^/deb /' >"$fresh/etc/apt/sources.list"
    apt-config dump | grep -E '^Acquire::(http|https|Retries|Check)' \
        >"$fresh/etc/apt/apt.conf.d/00machine" || true
    cp -L /etc/ssl/certs/ca-certificates.crt "$fresh/etc/ssl/machine.crt"
}

# The environment of the commands: the proxy of this machine, and nothing else.
environment() {
    env | grep -iE '^(https?|no|all)_proxy=' || true
    local name
    for name in SSL_CERT_FILE GIT_SSL_CAINFO NODE_EXTRA_CA_CERTS npm_config_cafile; do
        echo "$name=/etc/ssl/machine.crt"
    done
    printf '%s\n' HOME=/root LANG=C.UTF-8 CI=true PATH=/usr/sbin:/usr/bin:/sbin:/bin
}

# Runs in namespaces of its own: mounts and processes end with it.
inside() {
    local fresh=$1
    shift
    mount --bind "$fresh" "$fresh"
    mount -t proc proc "$fresh/proc"
    mount --rbind /sys "$fresh/sys"
    mount --rbind /dev "$fresh/dev"
    mount -t tmpfs tmpfs "$fresh/dev/shm"
    mapfile -t variables < <(environment)
    local command begin code
    for command in "$@"; do
        printf '\n## %s\n' "$command" >&2
        begin=$SECONDS code=0
        env -i "${variables[@]}" chroot "$fresh" bash -c "cd /srv/baudot && $command" \
            </dev/null || code=$?
        printf '## %s: exit code %d after %d s\n' "$command" $code $((SECONDS - begin)) >&2
        [ $code -eq 0 ] || return $code
    done
}

if [ "${1:-}" = --inside ]; then
    inside "${@:2}"
    exit
fi
[ $# -gt 0 ] || fail "usage: tools/fresh-debian.sh 'COMMAND' ['COMMAND'...]"
[ "$(id -u)" -eq 0 ] || fail "root is needed (chroot)"
prepare_base
fresh=$(mktemp -d "${base}-run.XXXXXX")
[ "${FRESH_KEEP:-0}" = 1 ] || trap 'rm -rf --one-file-system "$fresh"' EXIT
cp -a --reflink=auto "$base/." "$fresh"
give_network "$fresh"
git clone -q --no-local "$root" "$fresh/srv/baudot"
if [ -d "$root/../shared/data" ]; then  # real posts for the tests, where this machine has them
    mkdir "$fresh/srv/shared"
    cp -r "$root/../shared/data" "$fresh/srv/shared/"
fi
printf 'fresh Debian %s, %s\n' "$(cat "$fresh/etc/debian_version")" \
    "$(git -C "$fresh/srv/baudot" log -1 --format='%h %s')" >&2
unshare --mount --pid --fork --kill-child bash "${BASH_SOURCE[0]}" --inside "$fresh" "$@"
