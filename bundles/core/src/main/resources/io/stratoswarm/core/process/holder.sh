# Holds the pipes of one data folder open, so that what is in them stays when the daemon is killed.
#
#   bash .holder.sh FOLDER
#
# FOLDER holds the FIFOs control, from which orders are read, and answers. Paths in orders are relative to FOLDER and made of
# letters, digits and ._%+-/ alone, whatever the data folder is called. Nothing is ever read from the pipes that are held, and
# nothing is written to them. This is bash, since dash can name no descriptor above 9.
cd -- "$1" || exit 111
trap '' HUP INT QUIT USR1 USR2 PIPE ALRM TERM TSTP TTIN TTOU XCPU XFSZ VTALRM PROF
ulimit -S -n hard

read -r me _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ ticks _ <"/proc/$$/stat"
# Only one holder can make this file; a second one that was started by mistake ends here.
set -C
{ echo "$me $ticks" >holder; } 2>/dev/null || exit 0
set +C
exec </dev/null >/dev/null 2>/dev/null 3<>control 4<>answers

declare -A held
failed=0

# Takes the descriptor in "new" in the place of the one that was held for this path; the pipe is never let go of in between.
replace() {
    local old=${held[$path]-}
    held[$path]=$new
    [ -z "$old" ] || exec {old}>&-
}

while :; do
    # Now and then it looks whether its folder is still there: nobody can reach a holder whose folder was deleted.
    if ! IFS= read -r -t 60 -u 3 line; then
        [ -p control ] || exit 0
        continue
    fi
    path=${line#* }
    case $line in
        open\ *)
            # Anew even where it is held: another pipe may have been made under this name. An exec that creates makes a plain file.
            if [ -p "$path" ] && exec {new}<>"$path"; then replace; else failed=$((failed + 1)); fi
            ;;
        end\ *)
            # From now on for reading alone: whoever reads it sees its end, and what is not read yet stays until it is. The other
            # descriptor is there because opening for reading waits for a writer.
            if [ -p "$path" ] && exec {both}<>"$path" && exec {new}<"$path"; then
                replace
                exec {both}>&-
            else
                failed=$((failed + 1))
            fi
            ;;
        close\ *)
            old=${held[$path]-}
            if [ -n "$old" ]; then
                exec {old}>&-
                unset "held[$path]"
            fi
            ;;
        sync\ *)
            echo "sync $path $failed" >&4
            failed=0
            ;;
        quit) exit 0 ;;
    esac
done
