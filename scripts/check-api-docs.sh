#!/usr/bin/env bash
# Fails where docs/api is not what typedoc makes of the sources now.
set -euo pipefail
cd "$(dirname "$0")/.."
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
npx --no-install typedoc --logLevel Warn --out "$fresh"
if ! diff -r docs/api "$fresh"; then
  echo "docs/api is stale: run npm run docs:api" >&2
  exit 1
fi
