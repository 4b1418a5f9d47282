# What the system must have, and how it gets it. Sourced by ./dev and .ci/run; installs with apt-get only, and only
# what is missing. Elsewhere it says what is needed and goes on.

# A word is a package, or COMMAND:PACKAGE where a command of that name will do wherever it comes from.
# Compilers and cmake build the C++ codec (JPEG-LS), cargo downloads over https; nothing of X11, Wayland or Vulkan is needed to build.
build_packages=(ca-certificates cc:gcc g++:g++ cmake:cmake make:make pkg-config:pkg-config)
# Opened when the window opens (dlopen), so that no linker asks for them.
run_packages=(libvulkan1 libx11-6 libx11-xcb1 libxcursor1 libxi6 libxrandr2 libxkbcommon0 libxkbcommon-x11-0
    libwayland-client0)
# The window tests: an X server without a screen, a window manager, and a hand on mouse and keyboard.
# The software Vulkan driver is what all pictures in the tests are made with.
test_packages=(Xvfb:xvfb openbox:openbox xdotool:xdotool mesa-vulkan-drivers)
# dpkg-deb is there wherever .deb files are; objdump reads which C library the program asks for.
package_packages=(dpkg-deb:dpkg objdump:binutils)

note() {
    printf 'dev: %s\n' "$*" >&2
}

fail() {
    note "$@"
    exit 1
}

# need_rust [COMPONENT…]: cargo, new enough, with these rustup components.
need_rust() {
    command -v cargo >/dev/null || PATH=${CARGO_HOME:-${HOME:-/root}/.cargo}/bin:$PATH
    command -v cargo >/dev/null || fail "there is no Rust toolchain; https://rustup.rs says how to install one"
    local wanted found component
    wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$root/Cargo.toml")
    found=$(cargo --version | cut -d' ' -f2)
    if [ "$(printf '%s\n' "$wanted" "${found%%-*}" | sort -V | head -n 1)" != "$wanted" ]; then
        fail "Rust $wanted or newer is needed and this is $found; 'rustup update stable' brings it"
    fi
    for component in "$@"; do
        if "cargo-${component/rustfmt/fmt}" --version >/dev/null 2>&1; then continue; fi
        command -v rustup >/dev/null || fail "cargo ${component/rustfmt/fmt} is missing; install $component for this toolchain"
        note "adding the Rust component $component"
        rustup component add "$component"
    done
}

# need_packages WORD…: installs what is missing, on Debian and its kin.
need_packages() {
    local word missing=()
    case $(uname -s) in
        Linux) ;;
        Darwin)
            command -v cc >/dev/null && command -v cmake >/dev/null ||
                fail "needed: the Xcode command line tools (xcode-select --install) and cmake"
            return
            ;;
        *)
            command -v cmake >/dev/null || fail "needed: Visual Studio's C++ build tools and cmake"
            return
            ;;
    esac
    if ! command -v apt-get >/dev/null; then
        for word in "$@"; do
            case $word in *:*) command -v "${word%%:*}" >/dev/null || missing+=("${word%%:*}") ;; esac
        done
        [ ${#missing[@]} = 0 ] || fail "these commands are missing; install them with this system's package manager: ${missing[*]}"
        note "no apt-get here, so these are taken to be installed (Debian's names): ${*##*:}"
        return
    fi
    for word in "$@"; do
        case $word in
            *:*) command -v "${word%%:*}" >/dev/null || missing+=("${word##*:}") ;;
            *) is_installed "$word" || missing+=("$word") ;;
        esac
    done
    [ ${#missing[@]} = 0 ] || install "${missing[@]}"
}

is_installed() {
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

install() {
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0) with=()
    local by_hand="apt-get update && apt-get install --yes --no-install-recommends $*"
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || fail "these packages are missing; as root, run: $by_hand"
        # Without a terminal nobody could answer a question for the password.
        if [ -t 0 ]; then with=(sudo); else with=(sudo -n); fi
        by_hand="sudo sh -c '$by_hand'"
    fi
    note "installing $*"
    "${with[@]}" "${apt[@]}" update --quiet >&2 </dev/null || note "apt-get update had trouble; trying with the lists that are there"
    "${with[@]}" "${apt[@]}" install --quiet --yes --no-install-recommends "$@" >&2 </dev/null ||
        fail "these packages could not be installed; by hand: $by_hand"
}
