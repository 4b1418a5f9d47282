# Release packages for Linux: one stripped program, a .deb of it, and a folder to be unpacked and run anywhere (an AppDir,
# from which appimagetool makes an AppImage). Sourced by ./dev after system.sh. docs/packages.md has macOS and Windows.

# Largest size of the program itself. What grows past it should be asked why.
most_program_bytes=40000000

package() {
    [ "$(uname -s)" = Linux ] || fail "this makes packages for Linux; docs/packages.md says how the others are made"
    need_rust
    need_packages "${build_packages[@]}" "${package_packages[@]}"
    local version machine out=$root/target/packages
    version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)
    machine=$(uname -m)
    mkdir -p "$out"

    ISOCENTER_BUILD=$(built_from) cargo build --manifest-path "$root/Cargo.toml" --locked --profile dist --bin isocenter
    local program=${CARGO_TARGET_DIR:-$root/target}/dist/isocenter size
    size=$(stat --format=%s "$program")
    [ "$size" -le "$most_program_bytes" ] || fail "the program has $size bytes, more than $most_program_bytes"

    local stage
    stage=$(mktemp -d)
    lay_out "$program" "$stage/usr"
    pack_deb "$stage" "$version" "$out"
    pack_folder "$stage" "isocenter-$version-linux-$machine" "$out"
    cp "$program" "$out/isocenter-$version-linux-$machine.bin"
    rm -rf "$stage"
    (cd "$out" && sha256sum isocenter*"$version"* >SHA256SUMS)
    "$program" --version
    (cd "$out" && stat --format='%9s %n' -- *)
    note "the packages are in $out"
}

# Commit and day, for --version. A copy without git says its day only.
built_from() {
    local commit day
    commit=$(git -C "$root" rev-parse --short=10 HEAD 2>/dev/null) || commit=
    [ -z "$commit" ] || [ -z "$(git -C "$root" status --porcelain 2>/dev/null)" ] || commit+=" with changes"
    day=$(date --utc --date="@${SOURCE_DATE_EPOCH:-$(date +%s)}" +%Y-%m-%d)
    printf '%s' "${commit:+$commit of }$day"
}

# lay_out PROGRAM PREFIX: what is installed, where freedesktop.org's specifications look for it.
lay_out() {
    local program=$1 prefix=$2 size
    command install -D --mode=755 "$program" "$prefix/bin/isocenter"
    local from=$root/packaging/linux
    place "$from/isocenter.desktop" "$prefix/share/applications/isocenter.desktop"
    place "$from/isocenter-mime.xml" "$prefix/share/mime/packages/isocenter.xml"
    place "$from/org.isocenter.Isocenter.metainfo.xml" "$prefix/share/metainfo/org.isocenter.Isocenter.metainfo.xml"
    place "$root/assets/icon/isocenter.svg" "$prefix/share/icons/hicolor/scalable/apps/isocenter.svg"
    for size in 32 48 128 256; do
        place "$root/assets/icon/isocenter-$size.png" "$prefix/share/icons/hicolor/${size}x$size/apps/isocenter.png"
    done
    place "$root/README.md" "$prefix/share/doc/isocenter/README.md"
    place "$root/CHANGELOG.md" "$prefix/share/doc/isocenter/CHANGELOG.md"
    place "$root/LICENSE-MIT" "$prefix/share/doc/isocenter/LICENSE-MIT"
    place "$root/LICENSE-APACHE" "$prefix/share/doc/isocenter/LICENSE-APACHE"
    complete "$program" bash "$prefix/share/bash-completion/completions/isocenter"
    complete "$program" zsh "$prefix/share/zsh/vendor-completions/_isocenter"
    complete "$program" fish "$prefix/share/fish/vendor_completions.d/isocenter.fish"
}

place() {
    command install -D --mode=644 "$1" "$2"
}

complete() {
    mkdir -p "${3%/*}"
    "$1" completions "$2" >"$3"
    chmod 644 "$3"
}

# pack_deb STAGE VERSION OUT
pack_deb() {
    local stage=$1 version=$2 out=$3 tree=$1/deb architecture
    architecture=$(dpkg --print-architecture)
    mkdir -p "$tree/DEBIAN"
    cp -a "$stage/usr" "$tree/usr"
    cat >"$tree/usr/share/doc/isocenter/copyright" <<TEXT
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: isocenter

Files: *
Copyright: the Isocenter developers
License: MIT or Apache-2.0
 The texts are in LICENSE-MIT and LICENSE-APACHE beside this file.
TEXT
    local depends="libc6 (>= $(newest_symbol GLIBC "$stage/usr/bin/isocenter")), libgcc-s1, libstdc++6" name
    for name in "${run_packages[@]}"; do depends+=", $name"; done
    cat >"$tree/DEBIAN/control" <<TEXT
Package: isocenter
Version: $version
Architecture: $architecture
Maintainer: The Isocenter developers <isocenter@localhost>
Section: science
Priority: optional
Installed-Size: $(du --summarize --block-size=1024 "$tree/usr" | cut -f1)
Depends: $depends
Recommends: mesa-vulkan-drivers | vulkan-icd, xdg-desktop-portal
Description: viewer for 3D medical images
 Opens DICOM and NIfTI studies in linked axial, coronal and sagittal planes and a
 projection, each voxel where it stands in the patient. Measures lengths, shows
 label maps over images, and draws every picture without a window too.
 .
 It is not a medical device and not for diagnosis.
TEXT
    (cd "$tree" && find usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
    dpkg-deb --root-owner-group --build "$tree" "$out/isocenter_${version}_$architecture.deb" >&2
}

# newest_symbol FAMILY PROGRAM: the newest version of the C library's symbols that a program asks for.
newest_symbol() {
    objdump --dynamic-syms "$2" | sed -n "s/.*(\?$1_\([0-9.]*\))\? .*/\1/p" | sort --version-sort | tail -n 1
}

# pack_folder STAGE NAME OUT: an AppDir. AppRun starts it where it lies; nothing has to be installed.
pack_folder() {
    local stage=$1 name=$2 out=$3 tree=$1/$2
    mkdir -p "$tree"
    cp -a "$stage/usr" "$tree/usr"
    ln -s usr/bin/isocenter "$tree/AppRun"
    ln -s usr/share/applications/isocenter.desktop "$tree/isocenter.desktop"
    ln -s usr/share/icons/hicolor/scalable/apps/isocenter.svg "$tree/isocenter.svg"
    ln -s usr/share/icons/hicolor/256x256/apps/isocenter.png "$tree/.DirIcon"
    cat >"$tree/READ-ME-FIRST.txt" <<'TEXT'
Isocenter runs from here: ./AppRun, or ./AppRun PATH…
To have it in the menu and beside its file types, for yourself only:

    cp -r usr/. ~/.local/
    update-mime-database ~/.local/share/mime
    update-desktop-database ~/.local/share/applications

Isocenter is not a medical device. It is not for diagnosis.
TEXT
    tar --create --gzip --owner=0 --group=0 --sort=name --directory="$stage" --file="$out/$name.tar.gz" "$name"
}
