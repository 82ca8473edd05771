#!/usr/bin/env bash
# Packs the package, installs the tarball in an empty folder, and uses it there as a stranger would.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$root"
tarball=$work/$(npm pack --silent --pack-destination "$work" | tail -n 1)
if tar -tzf "$tarball" | grep -E '(^|/)(test|bench|\.ci)/|\.test\.'; then
  echo "the package holds tests" >&2
  exit 1
fi
npx publint run "$tarball" --strict
npx attw "$tarball" --profile esm-only --no-summary --format ascii >"$work/attw" || {
  cat "$work/attw" >&2
  exit 1
}

cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund "$tarball"
npx codexcomp --version
npx codexcomp demo >/dev/null
node --input-type=module -e '
  const library = await import("codexcomp");
  const kit = await import("codexcomp/testing");
  if (typeof library.createProxy !== "function" || typeof kit.simulatedUpstream !== "function") throw new Error("exports are missing");
'
echo "the package works: $(du -sh node_modules | cut -f1) installed"
