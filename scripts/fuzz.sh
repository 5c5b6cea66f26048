#!/usr/bin/env bash
# Fuzzes: scripts/fuzz.sh [SECONDS] [TARGET…]   (default: 60 s for each target)
#
# Builds the targets, makes seeds, runs one target after the other and prints a table of what was
# done. Ends with status 1 if anything was found; the inputs are in fuzz/artifacts/.
#
# Needs `cargo install cargo-fuzz`. Works with a stable compiler. What is found on the way stays in
# fuzz/corpus/, which is not committed; SEIS_FUZZ_CORPUS names another folder for it. Real files
# are used where they are: those below SEIS_CORPUS, and ObsPy's test data if SEIS_PYTHON names a
# Python that has ObsPy. See docs/fuzzing.md.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
shift || true

command -v cargo-fuzz >/dev/null || { echo "first: cargo install cargo-fuzz" >&2; exit 2; }
# Coverage needs compiler flags that a stable compiler knows only when told so. There is no unsafe
# code for a sanitizer to watch.
export RUSTC_BOOTSTRAP=1
cargo fuzz build --sanitizer none
mapfile -t all < <(cargo fuzz list)
targets=("${@:-${all[@]}}")
triple=$(rustc -vV | sed -n 's/^host: //p')
corpus=$(realpath -m "${SEIS_FUZZ_CORPUS:-fuzz/corpus}")
mkdir -p "$corpus" fuzz/artifacts

cargo run --quiet --manifest-path fuzz/seeds/Cargo.toml -- "$corpus"

longest=16384
# copy TARGETS FOLDER NAME…: the heads of real files, under names made of their content.
copy() {
    local into=$1 folder=$2 file name
    shift 2
    [ -d "$folder" ] || return 0
    local names=(-false)
    for name; do names+=(-o -name "$name"); done
    while IFS= read -r -d '' file; do
        for target in $into; do
            mkdir -p "$corpus/$target"
            head -c $longest "$file" >"$corpus/$target/real-$(sha1sum <"$file" | cut -c1-16)"
        done
    done < <(find "$folder" -type f -size -4096k \( "${names[@]}" \) -print0)
}
mseed="mseed_record mseed_source mseed_chunks"
if [ -n "${SEIS_CORPUS:-}" ]; then
    copy "$mseed" "$SEIS_CORPUS" '*.mseed*' '*.miniseed' '*.ms'
    copy sac "$SEIS_CORPUS" '*.sac'
    copy stationxml "$SEIS_CORPUS" '*.xml'
fi
if [ -n "${SEIS_PYTHON:-}" ]; then
    obspy=$("$SEIS_PYTHON" -c 'import obspy, os; print(os.path.dirname(obspy.__file__))')
    copy "$mseed" "$obspy/io/mseed/tests/data" '*'
    copy sac "$obspy/io/sac/tests/data" '*'
    copy stationxml "$obspy" '*.xml'
    copy resp "$obspy" 'RESP.*' '*.resp'
    copy dataless "$obspy" '*dataless*' '*.seed'
    copy sacpz "$obspy" '*.pz' 'SAC_PZs*' 'SACPZ*' '*sacpz*'
fi

rows=()
status=0
for target in "${targets[@]}"; do
    mkdir -p "$corpus/$target"
    found=(seis-*/tests/regressions/"$target")
    [ -d "${found[0]}" ] || found=()
    dictionary=()
    [ -f "fuzz/dictionaries/$target.dict" ] && dictionary=("-dict=fuzz/dictionaries/$target.dict")
    log=$(mktemp)
    result=none
    "fuzz/target/$triple/release/$target" "${dictionary[@]}" \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=$longest \
        -artifact_prefix="fuzz/artifacts/$target-" -print_final_stats=1 \
        "$corpus/$target" "${found[@]}" >"$log" 2>&1 || {
        result="$(grep -ao 'fuzz/artifacts/[^ ]*' "$log" | tail -1)"
        status=1
        grep -a -A3 panicked "$log" | head -8 >&2 || true
    }
    stat() { sed -n "s/^stat::$1: *//p" "$log"; }
    progress=$(grep -ao 'cov: [0-9]* ft: [0-9]* corp: [0-9]*' "$log" | tail -1)
    rows+=("$target|$(stat number_of_executed_units)|$(stat average_exec_per_sec)|$(cut -d' ' -f2 <<<"$progress")|$(cut -d' ' -f6 <<<"$progress")|$(stat peak_rss_mb)|${result:-unknown}")
    rm -f "$log"
done
printf '| %-12s | %10s | %6s | %6s | %6s | %8s | %s |\n' \
    target executions exec/s edges inputs 'peak MiB' findings
printf '|---|---:|---:|---:|---:|---:|---|\n'
for row in "${rows[@]}"; do
    IFS='|' read -ra cell <<<"$row"
    printf '| %-12s | %10s | %6s | %6s | %6s | %8s | %s |\n' "${cell[@]}"
done
exit $status
