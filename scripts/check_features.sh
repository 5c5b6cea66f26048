#!/usr/bin/env bash
# Builds every crate without features and with each of its features alone, warnings denied.
set -euo pipefail
cd "$(dirname "$0")/.."
export RUSTFLAGS="${RUSTFLAGS:-} -D warnings"
export CARGO_TARGET_DIR=$(realpath -m "${CARGO_TARGET_DIR:-target}")/features
cargo metadata --no-deps --format-version 1 | python3 -c '
import json, sys
for package in json.load(sys.stdin)["packages"]:
    print(package["name"])
    for feature in package["features"]:
        if feature != "default":
            print(package["name"], feature)
' | while read -r package feature; do
    echo "$package ${feature:+with $feature}"
    cargo check --quiet --package "$package" --lib --no-default-features ${feature:+--features "$feature"} </dev/null
done
