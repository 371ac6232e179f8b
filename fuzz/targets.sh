# Shell functions of `short` and `long`: build, feed and run fuzz targets.
# Sourced with the fuzz folder as the working directory.

# A sanitizer needs what stable compilers hide.
if command -v rustup >/dev/null 2>&1 && rustup toolchain list | grep -q '^nightly'; then
    toolchain=+nightly
else
    toolchain=
    export RUSTC_BOOTSTRAP=1
fi

for program in "cargo fuzz --version" "c++ --version"; do
    $program >/dev/null 2>&1 || {
        echo "fuzz: ${program% *} is missing: cargo install cargo-fuzz --version 0.13.2 --locked, apt-get install g++" >&2
        exit 1
    }
done

# cargo_fuzz COMMAND ARGUMENTS...
cargo_fuzz() {
    # shellcheck disable=SC2086 # an empty toolchain is no word
    cargo $toolchain fuzz "$@"
}

targets() {
    sed -n 's/^path = "targets\/\(.*\)\.rs"$/\1/p' Cargo.toml
}

# Folders of the suites whose files are inputs of a target.
suites_of() {
    case $1 in
    csr) echo vectors/csr ;;
    certificate) echo vectors/x509 conformance/sm2-pkits/certs ;;
    crl | crl_lookup) echo vectors/crl conformance/sm2-pkits/crls ;;
    ocsp) echo vectors/ocsp ;;
    message | signed_data) echo vectors/cms ;;
    key_file | sm2_structures) echo vectors/keys ;;
    envelope) echo vectors/keys vectors/cms ;;
    pkcs12) echo vectors/pkcs12 ;;
    trust_list_xml) echo conformance/lists ;;
    explain) echo vectors/keys vectors/cms vectors/pkcs12 vectors/x509 vectors/csr vectors/crl vectors/ocsp ;;
    esac
}

# The folder of suites: GM_PKI_SUITES, seen from the root of the repository as
# everywhere, or ../shared if it is there.
suites=$(cd .. && cd "${GM_PKI_SUITES:-../shared}" 2>/dev/null && pwd)
if [ ! -d "$suites/vectors" ]; then
    [ -z "${GM_PKI_SUITES:-}" ] || {
        echo "fuzz: GM_PKI_SUITES names $GM_PKI_SUITES, which has no folder vectors" >&2
        exit 1
    }
    [ -n "${FUZZ_TOLD-}" ] || echo "fuzz: no folder ../shared and no GM_PKI_SUITES: our own seeds alone"
    suites=
fi

# feed TARGET: files of the suites go into the corpus, which git ignores.
feed() {
    mkdir -p "corpus/$1" "artifacts/$1"
    [ -n "$suites" ] || return 0
    for folder in $(suites_of "$1"); do
        for file in "$suites/$folder"/*; do
            [ ! -f "$file" ] || cp "$file" "corpus/$1/suite-${file##*/}"
        done
    done
}

# run TARGET SECONDS: one line about the run; fails on a finding, and when no input
# was accepted.
run() {
    feed "$1"
    log=artifacts/$1/log
    count=$PWD/artifacts/$1/count
    rm -f "$count"
    dictionary=
    [ ! -f "dictionaries/$1" ] || dictionary=-dict=dictionaries/$1
    # An input that takes ten seconds is a finding too.
    # shellcheck disable=SC2086 # no dictionary is no word
    GM_FUZZ_COUNT=$count cargo_fuzz run "$1" "corpus/$1" "seeds/$1" -- $dictionary \
        -max_total_time="$2" -timeout=10 -print_final_stats=1 >"$log" 2>&1
    status=$?
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -n 1)
    edges=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
    share=$(awk '{ printf "%.2f", $1 ? 100 * $2 / $1 : 0 }' "$count" 2>/dev/null)
    accepted=$(awk '{ print $2 }' "$count" 2>/dev/null)
    line="fuzz $1: ${executions:-0} executions, ${edges:-0} edges, ${share:-0} % of inputs accepted"
    if [ "$status" -ne 0 ]; then
        artefact=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
        echo "$line, 1 finding: ${artefact:-no artefact, see fuzz/$log}"
        return 1
    fi
    echo "$line, 0 findings"
    if [ "${accepted:-0}" -eq 0 ]; then
        echo "fuzz $1: nothing was accepted, so nothing behind the parser was tried" >&2
        return 1
    fi
}
