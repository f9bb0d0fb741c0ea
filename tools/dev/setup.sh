# shellcheck shell=bash
# Installs what is missing of the groups of tools/dev/packages.txt. Sourced by need().

NODE_MAJOR_MIN=18

# install_groups build lint test bench: what is missing of these, and nothing when all is there.
install_groups() {
    local groups=("$@") missing=()
    if wants_npm "$@" && ! node_is_there; then groups+=(node); fi
    mapfile -t missing < <(missing_packages "${groups[@]}")
    if [ ${#missing[@]} -gt 0 ]; then install_packages "${missing[@]}"; fi
    if wants_npm "$@"; then install_npm_projects; fi
}

# Tests and benchmarks have clients of other people beside ours.
wants_npm() {
    [[ " $* " =~ ' test '|' bench ' ]] && npm_projects | grep -q .
}

# A node from elsewhere that is new enough for the clients in tests/ stays as it is.
node_is_there() {
    local major
    major=$(node --version 2>/dev/null | sed -n 's/^v\([0-9]*\)\..*/\1/p')
    [ "${major:-0}" -ge $NODE_MAJOR_MIN ] && command -v npm >/dev/null
}

# Names of packages of these groups that are not installed and whose program is not there.
missing_packages() {
    local group package program wanted=()
    if ! command -v dpkg-query >/dev/null; then
        # Not Debian: trust a machine that has the compiler; cmake says what else is missing.
        command -v clang++-19 >/dev/null ||
            fail "not Debian 12: install by hand what tools/dev/packages.txt lists"
        return
    fi
    while read -r group package program; do
        [[ " $* " == *" $group "* ]] || continue
        if [ -n "$program" ] && command -v "$program" >/dev/null; then continue; fi
        wanted+=("$package")
    done < <(grep -v '^#' tools/dev/packages.txt)
    # dpkg-query complains about names it does not know; those are the missing ones.
    comm -23 <(printf '%s\n' "${wanted[@]}" | sort -u) \
        <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null |
            sed -n 's/^installed //p' | sort -u)
}

install_packages() {
    local as_root=() services=() name
    command -v apt-get >/dev/null || fail "missing, and there is no apt-get: $*"
    if [ "$(id -u)" -ne 0 ]; then
        as_root=(sudo)
        # Without a terminal nobody can type a password.
        [ -t 0 ] || as_root=(sudo -n)
        { command -v sudo >/dev/null && "${as_root[@]}" true; } ||
            fail "root is needed: apt-get install --no-install-recommends $*"
    fi
    say "installing $# packages: $*"
    local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y
        -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
    "${apt[@]}" update </dev/null >&2 || fail "apt-get update failed; is the network there?"
    "${apt[@]}" install --no-install-recommends "$@" </dev/null >&2 ||
        fail "apt-get install failed (above)"
    # Benchmarks start their own copies on free ports. Debian would also start these as services.
    for name in "$@"; do
        case $name in
            redis-server) services+=(redis-server) ;;
            nginx-light) services+=(nginx) ;;
        esac
    done
    if [ ${#services[@]} -gt 0 ] && [ -d /run/systemd/system ]; then
        "${as_root[@]}" systemctl disable --now "${services[@]}" >&2 || true
    fi
}

npm_projects() {
    find tests -name node_modules -prune -o -name package-lock.json -printf '%h\n' | sort
}

# Exactly the locked versions; again only when the lock file changed.
install_npm_projects() {
    local folder
    while IFS= read -r folder; do
        if ! cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed-lock"; then
            say "npm: $folder"
            (cd "$folder" && npm ci --no-audit --no-fund --no-progress </dev/null >&2) ||
                fail "npm ci failed in $folder"
            cp "$folder/package-lock.json" "$folder/node_modules/.installed-lock"
        fi
    done < <(npm_projects)
}
