#!/usr/bin/env bash
# Runs the tests on another version of Node, which the registry's `node` package brings.
# usage: test-on-node.sh 22 [ARGUMENTS OF VITEST]
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${XDG_CACHE_HOME:-$HOME/.cache}/codexcomp-test/node-$1
if ! "$folder/node_modules/node/bin/node" --version >/dev/null 2>&1; then
  mkdir -p "$folder"
  npm install --silent --no-audit --no-fund --no-save --prefix "$folder" "node@$1"
fi
PATH=$folder/node_modules/node/bin:$PATH
echo "node $(node --version)"
node node_modules/vitest/vitest.mjs run --reporter=dot "${@:2}"
