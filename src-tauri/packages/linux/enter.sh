#!/bin/sh
# enter.sh FOLDER LINE: runs a line of shell in the system that is in a folder, as if there were no other. To be run in
# namespaces of its own (unshare --mount --pid --fork), with which all that is mounted here goes.
set -eu
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mount -t tmpfs tmpfs "$1/run"
exec chroot "$1" env --ignore-environment PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
  sh -euc "$2"
