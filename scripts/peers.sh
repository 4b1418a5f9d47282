# Other people's libraries, which hold what the program writes, reads and counts against their own: tests/peers. They are
# installed from PyPI into a folder of their own under ~/.cache. Sourced by ./dev after system.sh.

peers() {
    need_rust
    need_packages "${build_packages[@]}" python3:python3
    python3 -c 'import ensurepip, venv' 2>/dev/null || need_packages python3-venv
    local wanted=$root/tests/peers/requirements.txt
    local place=${XDG_CACHE_HOME:-$HOME/.cache}/isocenter/peers
    if ! cmp --silent "$wanted" "$place/installed.txt"; then
        note "installing the Python packages of tests/peers into $place"
        rm -rf "$place"
        python3 -m venv "$place"
        "$place/bin/pip" install --quiet --disable-pip-version-check --requirement "$wanted" ||
            fail "these packages could not be installed: $wanted"
        cp "$wanted" "$place/installed.txt"
    fi
    # Built as for the tests, so that nothing is built twice.
    cargo test --manifest-path "$root/Cargo.toml" --locked --no-run --test headless
    "$place/bin/python" -B "$root/tests/peers/run.py" "${CARGO_TARGET_DIR:-$root/target}/debug/isocenter"
}
