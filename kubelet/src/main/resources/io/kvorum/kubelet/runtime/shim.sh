#!/bin/sh
# Runs the main process of one container in a session of its own and outlives the kubelet.
#
#   shim.sh FOLDER LIFELINE STDIN PROGRAM [ARGUMENT...]
#
# FOLDER    gets "pid" (process id and start time of the program, then of this shell; by rename) and, at the end, "exit"
#           (exit code, one line); the program's output is appended to "log".
# LIFELINE  a FIFO somebody holds open for writing, or "-": at its end of file the container is killed.
# STDIN     a FIFO that is made for the program's standard input, or "-" for none. It has no end of file until the signal
#           USR1 comes to this shell.
#
# Says "started" and what is in FOLDER's "pid" on standard output, then lets go of it.

folder=$1
lifeline=$2
stdin=$3
shift 3

if [ "$lifeline" != - ]; then
    # Through an end of our own for a moment: if its holder is gone already, opening it to read would wait for ever.
    exec 7<>"$lifeline" && exec 9<"$lifeline" || exit 1
    exec 7>&-
fi

input=/dev/null
closed=
if [ "$stdin" != - ]; then
    input=$stdin
    /usr/bin/mkfifo -m 600 "$stdin" || exit 1
    # Both ends, so that neither the program nor who writes to it waits for the other.
    exec 8<>"$stdin"
    trap '/bin/rm -f "$stdin"; exec 8<&-; closed=now' USR1
fi

if [ -x /usr/bin/setsid ]; then
    /usr/bin/setsid "$@" <"$input" >>"$folder/log" 2>&1 8<&- 9<&- &
else
    /usr/bin/perl -e 'use POSIX; POSIX::setsid(); exec { $ARGV[0] } @ARGV; die "$ARGV[0]: $!\n"' -- "$@" \
        <"$input" >>"$folder/log" 2>&1 8<&- 9<&- &
fi
pid=$!

# Only from here on, since a program inherits what is ignored. PIPE: the kubelet may be gone when we speak to it.
trap '' HUP INT TERM PIPE

# Prints when process $1 started, "-" where that cannot be known.
start_of() {
    [ -r "/proc/$1/stat" ] && read -r stat <"/proc/$1/stat" || stat=
    # Field 22 of the line; the second one, the name in parentheses, may hold anything.
    set -- ${stat##*) }
    echo "${20:--}"
}
who="$pid $(start_of "$pid") $$ $(start_of "$$")"
echo "$who" >"$folder/pid.new"
/bin/mv "$folder/pid.new" "$folder/pid"
echo "started $who"
exec </dev/null >/dev/null 2>&1

watcher=
if [ "$lifeline" != - ]; then
    {
        read -r _ <&9
        kill -s KILL -- "-$pid" || kill -9 "$pid"
    } 8<&- &
    watcher=$!
    exec 9<&-
fi

wait "$pid"
code=$?
if [ "$closed" = now ]; then
    # The signal may have ended the waiting; 127: it had not.
    wait "$pid"
    again=$?
    [ "$again" = 127 ] || code=$again
fi

# What the main process left in its group ends with it, as in a PID namespace.
kill -s KILL -- "-$pid"

if [ -n "$watcher" ] && ! kill -9 "$watcher"; then
    # The lifeline broke: nobody else will look for processes that left the group.
    read -r self _ </proc/self/stat
    for environ in $(/bin/grep -lF "KVORUM_CONTAINER_ID=$KVORUM_CONTAINER_ID" /proc/[0-9]*/environ); do
        other=${environ#/proc/}
        other=${other%/environ}
        [ "$other" = "$$" ] || [ "$other" = "$self" ] || kill -9 "$other"
    done
fi

# By this shell alone: a process that renames would carry the container's mark, and whoever kills what carries it would
# kill the last word with it. The line counts once its end is there.
echo "$code" >"$folder/exit"
