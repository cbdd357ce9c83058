#!/bin/sh
# Generates src/parse/generated from grammars/*.g4, docs/PROMQL.md and the tables of docs/OPERATIONS.md from those of the code; the same sources give the same bytes.
# Usage: scripts/generate.sh [--check]   with --check nothing is written, and a difference fails.
set -eu
cd "$(dirname "$0")/.."

generated=src/parse/generated
target=$generated
[ "${1:-}" = --check ] && target=$(mktemp -d) && trap 'rm -rf "$target"' EXIT
mkdir -p "$target"

# Lexers first: parser grammars read the token numbers that they leave behind.
for grammar in PromQLLexer PromQL LogQLLexer LogQL; do
  if [ -f "grammars/$grammar.g4" ]; then
    node_modules/.bin/antlr-ng -D language=TypeScript -w true -l false -v false --lib "$target" -o "$target" "grammars/$grammar.g4"
  fi
done
rm -f "$target"/*.interp "$target"/*.tokens

# The generator knows nothing of type-only imports and ESM file names, and leaves unused names behind.
sed -i.bak -E \
  -e '1s|^.*$|// @ts-nocheck Generated from grammars/*.g4 by scripts/generate.sh|' \
  -e 's/^import \{ ([A-Za-z]+(Listener|Visitor)) \} from "\.\/([A-Za-z]+)(\.js)?";/import type { \1 } from ".\/\3.js";/' \
  -e '/^\/\/ for running tests with parameters/d' \
  -e 's/[ \t]+$//' \
  "$target"/*.ts
rm -f "$target"/*.bak

if [ "$target" != "$generated" ]; then
  diff -r "$generated" "$target" || { echo "generated parsers differ from grammars: run scripts/generate.sh" >&2; exit 1; }
fi

node scripts/prepare.mjs
node dist/scripts/promql-reference.js "$@"
node dist/scripts/operations-reference.js "$@"
