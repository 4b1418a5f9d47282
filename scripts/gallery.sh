# The pictures of the README: the program replays a session on the demo in a window of its own and takes its own
# pictures. Sourced by ./dev after system.sh and vulkan.sh.

gallery() {
    [ "$(uname -s)" = Linux ] || fail "the gallery is made on Linux, on an X server without a screen"
    need_rust
    need_packages "${build_packages[@]}" "${run_packages[@]}" "${test_packages[@]}"
    # The same pictures everywhere: always the software driver.
    pin_software_vulkan
    local folder=$root/docs/gallery work display server
    cargo build --manifest-path "$root/Cargo.toml" --locked --release --bin isocenter
    work=$(mktemp -d)
    Xvfb -screen 0 1280x800x24 -nolisten tcp -displayfd 3 3>"$work/display" 2>/dev/null &
    server=$!
    while [ ! -s "$work/display" ]; do
        kill -0 "$server" || fail "the X server did not start"
        sleep 0.1
    done
    display=:$(cat "$work/display")
    # Settings of whoever runs this stay out of the pictures.
    (
        cd "$work"
        env -u WAYLAND_DISPLAY DISPLAY="$display" ISOCENTER_HOME="$work/home" \
            "${CARGO_TARGET_DIR:-$root/target}/release/isocenter" run --window "$root/scripts/gallery.jsonl"
    ) || {
        kill "$server"
        fail "the session was not replayed"
    }
    kill "$server"
    mkdir -p "$folder"
    mv "$work"/*.png "$folder/"
    rm -rf "$work"
    ls -l "$folder"
    note "the gallery is in $folder"
}
