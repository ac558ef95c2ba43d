#!/bin/sh
# The first process on a terminal: says where it is, takes the size it is told, becomes the program.
#
#   tty.sh FOLDER SHELL PROGRAM [ARGUMENT...]
#
# FOLDER  gets "tty" (process id and device), by rename; "size" in it, if there, holds "rows R cols C".
# SHELL   the program's variable SHELL behind an "=", or "-" for none: script(1) needed it for itself.
#
# Who wants to change the size writes "size" first and looks for "tty" then: so one of both sides sees it.

folder=$1
if [ "$2" = - ]; then
    unset SHELL
else
    SHELL=${2#=}
    export SHELL
fi
shift 2
echo "$$ $(/usr/bin/tty)" >"$folder/tty.new"
/bin/mv "$folder/tty.new" "$folder/tty"
if [ -r "$folder/size" ]; then
    read -r size <"$folder/size"
    # Split on purpose.
    /bin/stty $size
fi
exec "$@"
