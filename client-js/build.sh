#!/usr/bin/env bash
# Tests and builds the client for browsers. `build.sh fast` only builds. Without Node.js it says so and does nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  echo "node is not installed: client-js is skipped"
  exit 0
fi
if (($(node -p 'process.versions.node.split(".")[0]') < 20)); then
  echo "node $(node --version) is older than 20: client-js is skipped"
  exit 0
fi

# What is installed is what the lock file says, unless that has changed since.
if [[ ! node_modules/.package-lock.json -nt package-lock.json ]]; then
  npm ci --no-audit --no-fund --loglevel=error
fi
npm run --silent build
if [[ "${1:-}" != fast ]]; then
  npm run --silent check
  npm test --silent
fi
