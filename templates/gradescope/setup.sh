#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

apt-get update
python=""
for version in 3.13 3.12 3.11; do
    if apt-get install -y --no-install-recommends "python$version" "python$version-venv"; then
        python="python$version"
        break
    fi
done
if [ -z "$python" ]; then
    echo "This Ubuntu has no Python 3.11 or newer. Choose a newer base image." >&2
    exit 1
fi

"$python" -m venv /opt/epochmark
/opt/epochmark/bin/pip install --no-cache-dir /autograder/source/wheel/*.whl
for dataset in DATASETS; do
    EPOCHMARK_DATA=/opt/epochmark-data /opt/epochmark/bin/grader data fetch "$dataset"
done
