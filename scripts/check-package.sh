#!/usr/bin/env bash
# Packs the package, installs the tarball in an empty folder, and uses it there as a stranger would.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$root"
tarball=$work/$(npm pack --silent --pack-destination "$work" | tail -n 1)
node scripts/package-contents.mjs
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

# The types, as programs see them that are compiled for Node and for bundlers, with what the package brings and no more.
npm install --silent --no-audit --no-fund --save-dev "@types/node@20"
cat >program.mts <<'END'
import { createProxy, defineConfig, type CustomOperator } from "codexcomp";
import { round, simulatedUpstream } from "codexcomp/testing";
const operator: CustomOperator = () => (events) => events;
export const config = defineConfig({ maxContinue: 2, operators: { response: [operator] } });
export const body: string = round().reasoning(516).message("29").completed().join("");
export const parts = [createProxy, simulatedUpstream];
END
for mode in "node16 node16" "nodenext nodenext" "esnext bundler"; do
  for compiler in tsc6 tsc; do
    "$root/node_modules/.bin/$compiler" --noEmit --strict --target es2022 --types node \
      --module "${mode% *}" --moduleResolution "${mode#* }" program.mts
  done
done
echo "the package works: $(du -sh node_modules | cut -f1) installed"
