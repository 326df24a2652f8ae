#!/usr/bin/env bash
# Unpacks ReplayWeb.page from its npm package into $1 (a tool to test with, AGPL: nothing of it is part of this project).
set -euo pipefail
folder=$1 version=2.5.3

bash "$(dirname "$0")/debian.sh" "The test of ReplayWeb.page" npm=npm chromium=chromium
rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"
echo "setup: fetching replaywebpage $version" >&2
npm pack --silent "replaywebpage@$version" >/dev/null || {
    echo "setup: npm could not fetch replaywebpage $version; is the registry reachable?" >&2
    exit 1
}
tar -xzf "replaywebpage-$version.tgz" --strip-components=1 package/ui.js package/sw.js
rm "replaywebpage-$version.tgz"
