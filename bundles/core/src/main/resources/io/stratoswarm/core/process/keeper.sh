# The keeper of one agent: the agent's parent, which outlives the daemon.
#
#   dash keeper.sh FOLDER AGENT [CGROUP_PROCS...]
#
# FOLDER holds the FIFOs control, out and err, the start scripts, and the file state, to which the keeper appends one line for
# each thing that happens. The same lines, with the agent's folder name before them, go to the FIFO ../.events, which wakes the
# daemon. With no daemon the lines stay in the file, and the output stays in the FIFOs, which this process holds open.
#
# Variables begin with _sw_, since those of the agent are set in the same shell.
#
# Each line is one write(2), so that whoever reads the file after a crash sees a line whole or not at all.
cd -- "$1" || exit 111
_sw_agent=$2
shift 2

read -r _sw_me _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _sw_ticks _ </proc/self/stat
# Only one keeper can make this file; a second one that was started by mistake ends here.
set -C
{ echo "$_sw_me $_sw_ticks" >keeper; } 2>/dev/null || exit 0
set +C

# A process is born into its parent's cgroup. Moving takes milliseconds (6 ms measured, a grace period of the kernel's RCU), so
# the keeper moves once and no restart of the agent pays for it.
for _sw_procs; do
    { echo 0 >"$_sw_procs"; } 2>/dev/null || _sw_lost="$_sw_lost $_sw_procs"
done

# "notice" is held as well: an agent that says it is ready while no daemon runs must neither die of it nor be forgotten.
exec </dev/null >/dev/null 3<>control 4<>../.events 5<>out 6<>err 7>>state 9<>notice 2>>signals

# Whatever the agent sends to its process group must not end its keeper. A caught signal, unlike an ignored one, is set back to
# its default in the agent.
trap : HUP INT QUIT USR1 USR2 PIPE ALRM TERM TSTP TTIN TTOU XCPU XFSZ VTALRM PROF

# On a full disk the line is lost and the daemon still hears of it; that must not end a start.
tell() {
    printf '%s\n' "$1" >&7 || :
    printf '%s\n' "$_sw_agent $1" >&4 || :
}

# Runs in a shell that was forked ahead and has its output in place: waits for the order that lets it go on. Any other order is put
# back for the keeper, which is this shell's parent and waits for it. An order is written down first, so that the keeper knows.
_sw_await() {
    while :; do
        IFS=" " read -r _sw_word _sw_order _sw_wanted <&3 || continue
        # An order that was given twice.
        [ "$_sw_word" = start ] && [ "$_sw_order" -le "$_sw_done" ] || break
    done
    if [ "$_sw_word $_sw_wanted" = "start $_sw_ahead" ]; then
        echo "$_sw_order" >>went
        echo "begin $_sw_order" >&7 || :
        _sw_number=$_sw_order
    else
        echo "$_sw_word $_sw_order $_sw_wanted" >&3
        exit 0
    fi
}

# What the end of an incarnation's shell says. The shell gives 128 + n for signal n, and so does a program that exits with that
# number. It names the signal on its standard error only where there was one (never for INT and PIPE).
_sw_ended() {
    _sw_how=code
    if [ "$2" -gt 128 ]; then
        if [ -s signals ] || [ "$2" = 130 ] || [ "$2" = 141 ]; then _sw_how=signal; fi
    fi
    printf '%s\n' "$_sw_agent exit $1 $2 $_sw_how" >&4 || :
    printf '%s\n' "exit $1 $2 $_sw_how" >&7 || :
    _sw_done=$1
    # The daemon is at work already.
    [ "$2" -le 128 ] || : >signals
}

tell "keeper $_sw_me $_sw_ticks$_sw_lost"
_sw_done=0
_sw_ahead=
: >went

while :; do
    # After an end the next start is mostly near. While the daemon decides and writes that down, a shell is forked and set up that
    # reads the next order itself, so that a restart waits for no fork. "command eval" keeps this shell alive where fork fails.
    if [ -n "$_sw_ahead" ]; then
        _sw_number=
        command eval '( . "./$_sw_ahead" )'
        _sw_status=$?
        if [ -s went ]; then
            read -r _sw_number <went
            _sw_ended "$_sw_number" "$_sw_status"
            : >went
        else
            # It put an order back and exited with 0, or was ended by something else; if that was in the middle of an order, the
            # daemon gives it again.
            _sw_ahead=
            : >signals
            [ "$_sw_status" -eq 0 ] || printf '%s\n' "$_sw_agent idle" >&4 || :
        fi
        continue
    fi
    # A caught signal ends a read; that is no end of input.
    read -r _sw_word _sw_number _sw_script <&3 || continue
    case $_sw_word in
        start)
            # An order that was given twice.
            [ "$_sw_number" -gt "$_sw_done" ] || continue
            echo "begin $_sw_number" >&7
            ( . "./$_sw_script" )
            _sw_ended "$_sw_number" "$?"
            _sw_ahead=$_sw_script
            ;;
        sync) tell "sync $_sw_number" ;;
        quit) exit 0 ;;
    esac
done
