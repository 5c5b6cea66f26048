#!/usr/bin/env bash
# Builds every crate with the oldest supported compiler, so that `rust-version` is a fact.
# Takes a rustup toolchain of that version where there is one, else Debian's rustc-web package,
# unpacked beside the build so that no other toolchain of the machine is touched.
set -euo pipefail
cd "$(dirname "$0")/.."
msrv=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
export CARGO_TARGET_DIR=$target/msrv

if command -v rustup >/dev/null && rustup toolchain list | grep -q "^$msrv"; then
    exec cargo "+$msrv" check --workspace --all-features --lib
fi

home=$target/msrv-toolchain
rustc=$home/usr/bin/rustc
if [ ! -x "$rustc" ]; then
    command -v apt-get >/dev/null || { echo "install rust $msrv with rustup first" >&2; exit 1; }
    mkdir -p "$home/debs"
    cd "$home/debs"
    apt-get update -qq >/dev/null
    version=$(apt-cache madison rustc-web | awk -v v="$msrv." 'index($3, v) == 1 {print $3; exit}')
    [ -n "$version" ] || { echo "Debian has no rustc-web $msrv: install it with rustup" >&2; exit 1; }
    # The compiler, its standard library and driver, and the LLVM that the driver loads.
    apt-get download -qq "rustc-web=$version" "libstd-rust-web-dev=$version" "libstd-rust-web-$msrv" 2>/dev/null
    llvm=$(apt-cache depends "libstd-rust-web-$msrv" | awk 'tolower($2) ~ /^libllvm/ {print $2}')
    apt-get download -qq "$llvm" libedit2 libz3-4 libbsd0 libmd0 libxml2 libicu72 2>/dev/null ||
        apt-get download -qq "$llvm" 2>/dev/null
    for deb in *.deb; do dpkg-deb -x "$deb" "$home"; done
    cd - >/dev/null
fi
libraries=$(find "$home" -name '*.so*' -printf '%h\n' | grep -v rustlib | sort -u | paste -sd:)
cat > "$home/rustc" <<EOF
#!/bin/sh
LD_LIBRARY_PATH=$libraries exec "$rustc" "\$@"
EOF
chmod +x "$home/rustc"
"$home/rustc" --version
RUSTC=$home/rustc exec cargo check --workspace --all-features --lib
