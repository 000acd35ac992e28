#!/usr/bin/env bash
# Makes this clone ready and runs it:
#   bash bootstrap.sh          install what is missing
#   bash bootstrap.sh demo     ... then grade the sample submissions into demo-results/
#   bash bootstrap.sh test     ... then run the whole test suite (tox)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# What the sandbox (bubblewrap) and the PDF reports (Pango, a font) need from the system.
commands=(bwrap)
libraries=(libpango-1.0.so.0 libpangoft2-1.0.so.0 libharfbuzz-subset.so.0)
packages=(bubblewrap libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core)
if [ "${1-}" = test ]; then # the tests open pages in a real browser
    commands+=(chromium)
    packages+=(chromium)
fi

fail() { printf '%s\n' "$@" >&2; exit 3; }

python_command() {
    for name in python3.11 python3.12 python3.13 python3; do
        if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    fail "epochmark needs Python 3.11 or newer; none was found." "On Debian and Ubuntu: apt-get install python3 python3-venv"
}

missing_packages() {
    local wanted=() known
    known=$(/sbin/ldconfig -p 2>/dev/null || true)
    for name in "${commands[@]}"; do command -v "$name" >/dev/null || { echo "${packages[*]}"; return; }; done
    for name in "${libraries[@]}"; do grep -q "$name" <<<"$known" || { echo "${packages[*]}"; return; }; done
    "$python" -c 'import ensurepip, venv' 2>/dev/null || wanted+=(python3-venv)
    echo "${wanted[*]-}"
}

install_system_packages() {
    local missing
    missing=$(missing_packages)
    [ -n "$missing" ] || return 0
    "$python" -c 'import ensurepip' 2>/dev/null || missing="$missing python3-venv"
    local line="apt-get update && apt-get install -y --no-install-recommends $missing"
    command -v apt-get >/dev/null || fail "Missing system packages (names on Debian): $missing" "Install them, then run this again."
    if [ "$(id -u)" = 0 ]; then
        echo "Installing system packages: $missing"
        sh -c "$line" >/dev/null
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        echo "Installing system packages: $missing"
        sudo sh -c "$line" >/dev/null
    else
        fail "Missing system packages. Run this line, then this script again:" "    sudo sh -c '$line'"
    fi
}

pip_install() {
    [ -x .venv/bin/python ] || "$python" -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check "$@"
}

install_python_packages() {
    local stamp=.venv/installed-from
    if ! cmp -s pyproject.toml "$stamp"; then
        echo "Installing Python packages into .venv (TensorFlow is large: a minute or more)"
        pip_install --editable '.[dev]'
        cp pyproject.toml "$stamp"
    fi
}

# tox makes an environment of its own, with TensorFlow; the tests need no second one.
install_tox() {
    [ -x .venv/bin/tox ] || pip_install "$(sed -n 's/^ *"\(tox[^"]*\)".*/\1/p' pyproject.toml)"
}

python=$(python_command)
install_system_packages
case "${1-}" in
    "") install_python_packages; echo "Ready. Try: .venv/bin/grader demo" ;;
    demo) shift; install_python_packages; exec .venv/bin/grader demo "$@" ;;
    test) shift; install_tox; exec .venv/bin/tox "$@" ;;
    *) printf 'bootstrap.sh: unknown word "%s"; use demo or test, or nothing.\n' "$1" >&2; exit 2 ;;
esac
