#!/bin/sh
# Puts Render Manager into the menu of this user: an entry, its icon, and its place under "Open with".
# The program stays in this folder. It can be run again after the folder was moved or a new version unpacked.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
. "$here/places.sh"

types="application/x-blender application/x-maya-ascii application/x-maya-binary application/x-unreal-project"

check() {
  if [ -n "${SUDO_USER:-}" ]; then
    refuse "Render Manager is installed for one user: run $0 without sudo." \
      "Render Manager 只为单个用户安装：请不要用 sudo 运行 $0。"
  fi
  if [ ! -x "$program" ]; then
    refuse "There is no program $program. Unpack the whole archive again, and run install.sh in its folder." \
      "找不到程序 $program。请重新解压整个压缩包，并运行其文件夹中的 install.sh。"
  fi
  case $program in
    *%* | *=* | *"
"*)
      # The first word of Exec may hold no "=" (Desktop Entry Specification), and GLib starts none with "%".
      refuse "Desktops start nothing from a folder with %, = or a line break in its name: rename $here." \
        "桌面环境无法从名称含有 %、= 或换行符的文件夹启动程序：请重命名 $here。"
      ;;
  esac
}

find_icons() {
  for icons in "$here/_internal/resources/icons" "$here/resources/icons"; do
    if [ -f "$icons/render-manager.svg" ]; then
      return
    fi
  done
  refuse "The icons are missing from $here. Unpack the whole archive again." \
    "$here 中缺少图标。请重新解压整个压缩包。"
}

install_icons() {
  for picture in "$icons"/render-manager-*.png; do
    size=${picture##*-}
    size=${size%.png}
    mkdir -p "$hicolor/${size}x${size}/apps"
    cp -f "$picture" "$hicolor/${size}x${size}/apps/render-manager.png"
  done
  mkdir -p "$hicolor/scalable/apps"
  cp -f "$icons/render-manager.svg" "$hicolor/scalable/apps/render-manager.svg"
}

default_of() {
  xdg-mime query default "$1" 2>/dev/null || true
}

remember_defaults() {
  # An entry of this user's comes before those of the system, so it would open scenes from now on.
  before=
  for type in $types; do
    before="$before$type=$(default_of "$type")
"
  done
}

keep_defaults() {
  printf '%s' "$before" | while IFS='=' read -r type program_before; do
    if [ -z "$program_before" ] && [ "$type" = application/x-blender ]; then
      # Not there yet; once it is, Blender's own files are its own.
      program_before=blender.desktop
    fi
    if [ -n "$program_before" ] && [ "$(default_of "$type")" != "$program_before" ]; then
      xdg-mime default "$program_before" "$type"
    fi
  done
}

write_entry() {
  # write_entry has_types: the entry with the program's place; renamed into place, so that it is always whole.
  mkdir -p "$applications"
  new=$applications/.render-manager.desktop.$$
  while IFS= read -r line; do
    case $line in
      Exec=*)
        printf 'TryExec=%s\n' "$(string_value "$program")"
        printf 'Exec=%s %%F\n' "$(exec_word "$program")"
        ;;
      MimeType=*) if [ "$1" = yes ]; then printf '%s\n' "$line"; fi ;;
      *) printf '%s\n' "$line" ;;
    esac
  done <"$here/render-manager.desktop" >"$new"
  chmod 644 "$new"
  mv -f "$new" "$entry"
}

check
find_icons
install_icons
if command -v xdg-mime >/dev/null 2>&1; then
  mkdir -p "${mime_file%/*}"
  cp -f "$here/render-manager-mime.xml" "$mime_file"
  remember_defaults
  write_entry yes
  refresh
  keep_defaults
else
  write_entry no
  refresh
  say "xdg-mime (Debian: xdg-utils) is missing, so scenes are not offered to Render Manager under Open with." \
    "缺少 xdg-mime（Debian：xdg-utils），因此场景文件的「打开方式」中不会列出 Render Manager。"
fi
say "Render Manager is in the menu now. It stays in $here: run install.sh again after moving it." \
  "Render Manager 已加入菜单。程序仍在 $here：移动后请再次运行 install.sh。"
