# Which Vulkan driver draws. Sourced after system.sh.
#
# Where a GPU has its driver, nothing is done. Elsewhere Mesa's software driver (lavapipe) draws: Debian 12's own is
# several times slower at casting rays than the one in its backports, so that one is fetched into a private folder; the
# system is not touched, and where it is not to be had the stock one does. Whoever sets VK_DRIVER_FILES has chosen.

mesa_home=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/isocenter/mesa
icd_folders=(/usr/share/vulkan/icd.d /etc/vulkan/icd.d /usr/local/share/vulkan/icd.d)

# For looking at pictures: the GPU if it has a driver, else the best software.
need_vulkan() {
    [ "$(uname -s)" = Linux ] || return 0
    [ -z "${VK_DRIVER_FILES:-}" ] || return 0
    if has_gpu_driver; then return 0; fi
    # This brings the drivers for AMD, Intel and others too, so ask again.
    need_packages mesa-vulkan-drivers
    if has_gpu_driver; then return 0; fi
    use_newer_mesa || true
}

# For tests: always software, always the one driver, whatever else is installed.
pin_software_vulkan() {
    [ "$(uname -s)" = Linux ] || return 0
    # A layer of Mesa's complains about the missing desktop session in every process; this turns it off.
    export NODEVICE_SELECT=1
    if [ -n "${VK_DRIVER_FILES:-}" ]; then
        note "drawing with VK_DRIVER_FILES=$VK_DRIVER_FILES"
    elif has_gpu_driver || ! use_newer_mesa; then
        local driver
        driver=$(find_icd 'lvp_icd*.json') || fail "Mesa's software Vulkan driver (lavapipe) is not there"
        use_driver "$driver"
    fi
}

# find_icd PATTERN…: the first driver manifest of such a name.
find_icd() {
    local folder pattern file
    for folder in "${icd_folders[@]}"; do
        for pattern in "$@"; do
            for file in "$folder"/$pattern; do
                if [ -e "$file" ]; then
                    printf '%s\n' "$file"
                    return 0
                fi
            done
        done
    done
    return 1
}

# A GPU in the kernel and a Vulkan driver for its kind. The Mesa package brings drivers for cards that are not there,
# so a manifest alone says nothing.
has_gpu_driver() {
    local node kernel_driver
    if [ -e /dev/nvidiactl ] && find_icd 'nvidia_icd*.json' >/dev/null; then return 0; fi
    for node in /sys/class/drm/renderD*; do
        kernel_driver=$(basename "$(readlink -f "$node/device/driver")")
        case $kernel_driver in
            i915 | xe) find_icd 'intel_icd*.json' >/dev/null && return 0 ;;
            amdgpu) find_icd 'radeon_icd*.json' 'amd_icd*.json' >/dev/null && return 0 ;;
            nouveau) find_icd 'nouveau_icd*.json' >/dev/null && return 0 ;;
            v3d) find_icd 'broadcom_icd*.json' >/dev/null && return 0 ;;
            msm*) find_icd 'freedreno_icd*.json' >/dev/null && return 0 ;;
            asahi) find_icd 'asahi_icd*.json' >/dev/null && return 0 ;;
        esac
    done
    return 1
}

use_driver() {
    # Loaders before 1.3.207 know only the second name.
    export VK_DRIVER_FILES=$1 VK_ICD_FILENAMES=$1
}

use_newer_mesa() {
    is_sound "$mesa_home" || fetch_newer_mesa || return 1
    use_driver "$mesa_home/lvp_icd.json"
    export LD_LIBRARY_PATH=$mesa_home/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
}

# Whether the driver in a folder finds all its libraries and symbols (an upgrade of the system can take them away).
is_sound() {
    [ -e "$1/lib/libvulkan_lvp.so" ] &&
        ! LD_LIBRARY_PATH=$1/lib ldd -r "$1/lib/libvulkan_lvp.so" 2>&1 | grep --quiet -E 'not found|undefined symbol'
}

# Only Debian's backports have it ready to use; a stock Mesa from 24 on is new enough.
fetch_newer_mesa() {
    local stock codename distribution uri refused=$mesa_home.refused
    stock=$(dpkg-query --show --showformat='${Version}' mesa-vulkan-drivers 2>/dev/null) || return 1
    distribution=$(. /etc/os-release && echo "$ID") codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    if dpkg --compare-versions "$stock" ge 24 || [ "$distribution" != debian ]; then return 1; fi
    # What was not to be had is asked for again the next day.
    [ -z "$(find "$refused" -mmin -1440 2>/dev/null)" ] || return 1
    note "fetching a newer Mesa (faster drawing without a GPU) into $mesa_home; the system's own stays as it is"
    mkdir -p "${mesa_home%/*}"
    # The mirror that the system itself uses.
    uri=$(apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Identifier: Packages' 2>/dev/null |
        sed -n -E "s/^($codename|stable|oldstable) main //p" | head -n 1)
    if [ -n "$uri" ] && fetch_mesa_from "$uri" "$codename-backports" >"$mesa_home.log" 2>&1; then
        note "using Mesa $(cat "$mesa_home/version")"
        rm -f "$refused"
        return 0
    fi
    touch "$refused"
    note "there is none to be had from here; using the system's Mesa $stock (see $mesa_home.log)"
    return 1
}

# fetch_mesa_from URI SUITE: with package lists of its own, so that the system's stay as they are.
fetch_mesa_from() {
    local work keyring=/usr/share/keyrings/debian-archive-keyring.gpg options='target=Packages' status
    work=$(mktemp -d "$mesa_home.XXXXXX")
    [ ! -e "$keyring" ] || options+=" signed-by=$keyring"
    mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/new/lib"
    echo "deb [$options] $1 $2 main" >"$work/sources.list"
    local apt=(timeout 180 apt-get --quiet
        -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=- -o Dir::State::Lists="$work/lists"
        -o Dir::Cache="$work/cache" -o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none
        -o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20)
    {
        "${apt[@]}" update &&
            (cd "$work" && "${apt[@]}" download "mesa-vulkan-drivers/$2" "libdrm2/$2") &&
            find "$work" -maxdepth 1 -name '*.deb' -exec dpkg-deb --extract '{}' "$work/root" ';' &&
            cp -a "$work"/root/usr/lib/*/libvulkan_lvp.so "$work"/root/usr/lib/*/libdrm.so.2* "$work/new/lib/" &&
            dpkg-deb --field "$work"/mesa-vulkan-drivers_*.deb Version >"$work/new/version" &&
            sed "s|\"libvulkan_lvp.so\"|\"$mesa_home/lib/libvulkan_lvp.so\"|" \
                "$work"/root/usr/share/vulkan/icd.d/lvp_icd*.json >"$work/new/lvp_icd.json" &&
            is_sound "$work/new" &&
            rm -rf "$mesa_home" && mv "$work/new" "$mesa_home"
    } </dev/null
    status=$?
    rm -rf "$work"
    return $status
}
