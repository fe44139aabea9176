#!/usr/bin/env bash
# The system libraries that a Qt window and a virtual screen need: installed where that is possible, else named.
set -eu
packages="libglib2.0-0 libgl1 libegl1 libdbus-1-3 libfontconfig1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4
          libxcb-keysyms1 libxcb-shape0 xvfb xauth"
if ! command -v dpkg-query >/dev/null; then
    command -v xvfb-run >/dev/null && exit 0
    echo "The viewer's tests need xvfb-run and Qt's X11 libraries; on Debian or Ubuntu they are:" $packages >&2
    exit 1
fi
missing=""
for package in $packages; do
    # libglib2.0-0 and libgl1 of newer releases are named with a suffix (t64) and provide the old name
    dpkg-query --show --showformat='${Status} ${Package} ${Provides}\n' 2>/dev/null \
        | grep --extended-regexp "^install ok installed" | grep --quiet --extended-regexp "[ ,]$package(t64)?([ ,(]|$)" \
        || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing$missing …"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
    echo "The viewer's tests need these packages. Run: sudo apt-get install$missing" >&2
    exit 1
fi
