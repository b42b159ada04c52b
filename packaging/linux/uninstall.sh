#!/bin/sh
# Takes Render Manager out of the menu of this user again. Jobs, settings, logs and frames stay.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
. "$here/places.sh"

is_ours() {
  # Another copy of the program may have been installed after this one.
  [ ! -f "$1" ] || grep -qxF "TryExec=$(string_value "$program")" "$1"
}

remove_autostart() {
  # The program asks for it while jobs are unfinished; without the program it would only fail at each log-in.
  for started in "$config_home"/autostart/render-manager*.desktop; do
    if [ -f "$started" ] && grep -qF "Exec=$(exec_word "$program")" "$started"; then
      rm -f "$started"
    fi
  done
}

if ! is_ours "$entry"; then
  refuse "The menu's entry is of another Render Manager ($(sed -n 's/^TryExec=//p' "$entry")): run its uninstall.sh." \
    "菜单中的条目属于另一个 Render Manager（$(sed -n 's/^TryExec=//p' "$entry")）：请运行它的 uninstall.sh。"
fi
remove_autostart
rm -f "$entry" "$mime_file" "$hicolor/scalable/apps/render-manager.svg"
for picture in "$hicolor"/*/apps/render-manager.png; do
  if [ -f "$picture" ]; then
    rm -f "$picture"
  fi
done
for folder in "$hicolor"/*/apps "$hicolor"/*; do
  if [ -d "$folder" ]; then
    # Those of other programs are not empty.
    rmdir "$folder" 2>/dev/null || true
  fi
done
refresh
say "Render Manager is out of the menu. You can delete $here now. Your jobs and settings are kept in:" \
  "Render Manager 已从菜单中移除。现在可以删除 $here。您的任务和设置保留在："
printf '  %s\n' "$data_home/RenderManager" "$config_home/RenderManager" "$state_home/RenderManager" \
  "$cache_home/RenderManager"
