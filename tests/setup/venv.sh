#!/usr/bin/env bash
# Makes the virtual environment $1 if it is missing or broken and installs the requirements file $2 into it.
# PYTHON=/path/to/python chooses the interpreter. Exit status 1 with one sentence when it cannot be done.
set -euo pipefail
venv=$1 requirements=$2

fail() {
    echo "setup: $*" >&2
    exit 1
}

is_usable() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    local name
    for name in ${PYTHON:+"$PYTHON"} python3.11 python3 python3.12 python3.13 /usr/bin/python3.11 /usr/bin/python3; do
        if is_usable "$name"; then
            "$name" -c 'import sys; print(sys.executable)'
            return
        fi
        [ "$name" != "${PYTHON:-}" ] || fail "PYTHON=$name is not a Python 3.11 or later."
    done
    fail "Python 3.11 or later is needed and none was found; on Debian: apt-get install python3."
}

# Debian ships Python without ensurepip; the package that has it is named for the minor version.
add_ensurepip() {
    local python=$1 package
    "$python" -c 'import ensurepip, venv' 2>/dev/null && return
    package=python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv
    bash "$(dirname "$0")/debian.sh" "The virtual environment" "module:ensurepip=$package"
    "$python" -c 'import ensurepip, venv' 2>/dev/null || fail "$python has no ensurepip even with $package installed."
}

if ! { is_usable "$venv/bin/python" && "$venv/bin/python" -m pip --version >/dev/null 2>&1; }; then
    python=$(find_python)
    add_ensurepip "$python"
    echo "setup: making $venv with $python" >&2
    "$python" -m venv --clear "$venv" || fail "the virtual environment could not be made."
fi

echo "setup: installing $requirements" >&2
"$venv/bin/python" -m pip install --disable-pip-version-check --no-input --quiet -r "$requirements" ||
    fail "pip could not install $requirements; is the package index reachable?"
