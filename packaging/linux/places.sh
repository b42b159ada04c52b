# Read by install.sh and uninstall.sh: where things are, and how paths are written into a desktop file.

say() {
  # say ENGLISH CHINESE: one of the two, by the user's language.
  case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in
    zh_CN* | zh_SG* | zh_Hans* | zh) printf '%s\n' "$2" ;;
    *) printf '%s\n' "$1" ;;
  esac
}

refuse() {
  say "$1" "$2" >&2
  exit 1
}

if [ -z "${HOME:-}" ]; then
  refuse "HOME does not say which folder is yours: log in as the user who will work with Render Manager, and run $0 again." \
    "HOME 未指明您的主文件夹：请以将要使用 Render Manager 的用户登录，然后再次运行 $0。"
fi

data_home=${XDG_DATA_HOME:-$HOME/.local/share}
config_home=${XDG_CONFIG_HOME:-$HOME/.config}
state_home=${XDG_STATE_HOME:-$HOME/.local/state}
cache_home=${XDG_CACHE_HOME:-$HOME/.cache}
applications=$data_home/applications
entry=$applications/render-manager.desktop
mime_file=$data_home/mime/packages/render-manager-mime.xml
hicolor=$data_home/icons/hicolor
program=$here/render-manager

string_value() {
  # A backslash is doubled in every text of a desktop file.
  printf '%s' "$1" | sed 's/\\/\\\\/g'
}

exec_word() {
  # In Exec a word in quotation marks has its own backslashes, which are doubled again as in any text.
  printf '"%s"' "$(printf '%s' "$1" | sed -e 's/\\/\\\\\\\\/g' -e 's/["$`]/\\\\&/g')"
}

refresh() {
  # What reads these folders keeps a summary of them, where its tools are installed.
  if command -v update-desktop-database >/dev/null 2>&1; then
    update-desktop-database -q "$applications" || true
  fi
  if command -v update-mime-database >/dev/null 2>&1 && [ -d "$data_home/mime/packages" ]; then
    update-mime-database "$data_home/mime" || true
  fi
  if [ -d "$hicolor" ]; then
    # Desktops look again when the folder's time changes, or else at their cache.
    touch -c "$hicolor"
    if [ -f "$hicolor/icon-theme.cache" ] && command -v gtk-update-icon-cache >/dev/null 2>&1; then
      gtk-update-icon-cache -q -f -t "$hicolor" || true
    fi
  fi
}
