# Completion of deskbell for bash.
_deskbell() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]} words=
  local commands='serve demo check backup restore rollback doctor create-agent reset-password deliver version'
  case $previous in
    --config | --data) COMPREPLY=($(compgen -f -- "$current")) && return ;;
    --to) COMPREPLY=($(compgen -d -- "$current")) && return ;;
    --role) COMPREPLY=($(compgen -W 'owner admin agent' -- "$current")) && return ;;
    --listen | --mailbox | --page) return ;;
  esac
  case $COMP_CWORD,$command in
    1,*) words="$commands --help --version" ;;
    *,demo) words=--json ;;
    *,backup) words=--to ;;
    *,doctor) words=--page ;;
    *,create-agent) words=--role ;;
    *,reset-password) words=--without-second-factor ;;
    *,deliver) words=--mailbox ;;
  esac
  case $COMP_CWORD,$command,$current in
    1,* | *,*,-*) COMPREPLY=($(compgen -W "$words --config --data --listen" -- "$current")) ;;
    *,backup,* | *,restore,* | *,demo,*) COMPREPLY=($(compgen -f -- "$current")) ;;
  esac
}
complete -o filenames -F _deskbell deskbell
