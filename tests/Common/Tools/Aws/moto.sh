#!/bin/sh
# Makes the Debian 13 tree that the tests run the aws CLI and moto_server in: moto.sh TREE
# Packages come from the mirror that this machine's own apt uses. Needs root, Debian and 750 MB; takes about 90 seconds, once.
set -eu
tree=$1
[ -x "$tree/usr/bin/moto_server" ] && [ -x "$tree/usr/bin/aws" ] && exit 0
mirror=$(sed -n 's/^URIs: *\([^ ]*\).*/\1/p; s/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\) .*/\2/p' /etc/apt/sources.list.d/*.sources /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null | grep debian | grep -v security | head -n 1)
[ -n "$mirror" ] || { echo "apt has no Debian mirror on this machine" >&2; exit 1; }
command -v debootstrap >/dev/null || { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends debootstrap; }
mkdir -p "$(dirname "$tree")"
# Under another name until it is complete.
making="$tree.$$"
trap 'rm -rf "$making"' EXIT INT TERM
debootstrap --variant=minbase --include=ca-certificates trixie "$making" "$mirror"
cp /etc/resolv.conf "$making/etc/resolv.conf"
[ -d /etc/apt/apt.conf.d ] && cp -n /etc/apt/apt.conf.d/*proxy* "$making/etc/apt/apt.conf.d/" 2>/dev/null || true
chroot "$making" apt-get update
DEBIAN_FRONTEND=noninteractive chroot "$making" apt-get install -y --no-install-recommends awscli python3-moto python3-flask-cors
rm -rf "$tree"
mv "$making" "$tree"
