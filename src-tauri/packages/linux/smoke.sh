#!/bin/sh
# smoke.sh [PROGRAM]: starts an installed Vigie on a desktop of its own, and hands on its exit code: a screen, a bus,
# notifications, an unlocked vault and a panel with a tray, each a real one.
set -eu

if [ "${1:-}" != --session ]; then
  XDG_RUNTIME_DIR=$(mktemp -d)
  export XDG_RUNTIME_DIR
  exec xvfb-run --auto-servernum --server-args='-screen 0 1280x800x24 -nolisten tcp' \
    dbus-run-session -- sh "$0" --session "${1:-vigie}"
fi

printf '\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
dunst >/dev/null 2>&1 &
xfce4-panel --disable-wm-check >/dev/null 2>&1 &
for name in org.freedesktop.secrets org.freedesktop.Notifications org.kde.StatusNotifierWatcher; do
  gdbus wait --session --timeout 60 "$name"
done
# Each of its steps has a limit, and is named when it is over; this is only for the worst.
timeout 600 "$2" --smoke-test
