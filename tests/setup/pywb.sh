#!/usr/bin/env bash
# Makes an environment of its own for pywb in $1: its brotli module does not go with Scrapy's.
set -euo pipefail
bash "$(dirname "$0")/venv.sh" "$1" "$(dirname "$0")/pywb.txt"
