#!/usr/bin/env bash
# debian.sh WHO COMMAND=PACKAGE…: installs the Debian packages whose command is missing; needs root for that.
# "module:NAME=PACKAGE" stands for a Python module and is always taken as missing.
set -euo pipefail
who=$1
shift

missing=()
for pair in "$@"; do
    # nginx lives in /usr/sbin, which is not on every user's path.
    PATH=$PATH:/usr/sbin:/sbin command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" != 0 ]; then
    echo "setup: $who needs Debian packages that only root can install: apt-get install ${missing[*]}" >&2
    exit 1
fi
if ! command -v apt-get >/dev/null; then
    echo "setup: $who needs ${missing[*]}; install them with your system's package manager." >&2
    exit 1
fi
echo "setup: installing ${missing[*]}" >&2
log=$(mktemp)
policy=/usr/sbin/policy-rc.d
trap 'rm -f "$log" ${own_policy:+"$own_policy"}' EXIT
if [ ! -e "$policy" ]; then
    # Installed for their programs: no service of theirs is to start.
    own_policy=$policy
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update >"$log" 2>&1 || true # one unreachable source of several does not matter
if ! apt-get install --yes --no-install-recommends -o DPkg::Lock::Timeout=120 "${missing[@]}" >>"$log" 2>&1; then
    tail -n 5 "$log" >&2
    echo "setup: $who needs ${missing[*]}, and apt-get could not install them (its last words are above)." >&2
    exit 1
fi
