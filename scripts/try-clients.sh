#!/usr/bin/env bash
# Use: npm run clients [-- FOLDER]
# Fetches real clients of Kubernetes (into a folder that may be kept) and runs all tests of real programs, with those clients at length; then a crowd of
# watches and clients that mean no good, each against a server of its own process.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-}
if [ -z "$folder" ]; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
fi
clients=$(bash scripts/fetch-clients.sh "$folder")
eval "$clients"
export PODSIM_TEST_CLIENTS=all
npm run test:real
npx tsx scripts/serve-crowd.ts
