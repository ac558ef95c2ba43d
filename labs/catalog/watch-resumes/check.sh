# check.sh watching|resumed|gapless
touch "$LAB_STATE/seen" "$LAB_STATE/written"
numbers=$(sed -n 's/^saw //p' "$LAB_STATE/seen")
count=$(printf '%s\n' "$numbers" | grep -c .)
begun=$(grep -c '^watching' "$LAB_STATE/seen")
# Numbers seen after the last time it connected again.
after=$(awk '/^watching/ {n = 0} /^saw/ {n++} END {print n + 0}' "$LAB_STATE/seen")
case $1 in
  watching)
    [ "$count" -ge 5 ] || { echo "The watcher saw $count numbers so far; start watch.sh in one terminal and count.sh in another."; exit 1; }
    echo "the watcher saw $count numbers"
    ;;
  resumed)
    [ "$begun" -ge 2 ] || { echo "The watch was not interrupted yet; kill the API server while both scripts run."; exit 1; }
    [ "$after" -ge 5 ] || { echo "The watch began $begun times, but saw only $after numbers after the last break; let count.sh go on."; exit 1; }
    echo "the watch began $begun times and saw $after numbers after the last break"
    ;;
  gapless)
    first=$(printf '%s\n' "$numbers" | head -n 1)
    last=$(printf '%s\n' "$numbers" | tail -n 1)
    missing=$(printf '%s\n' "$numbers" | awk -v first="$first" '{if (NR > 1 && $1 != before + 1) bad = bad " " before "->" $1; before = $1} END {print bad}')
    [ -z "$missing" ] || { echo "Numbers are missing or doubled:$missing. Was watch.sh changed, or SKIP set? Run it again."; exit 1; }
    echo "every number from $first to $last was seen once, in order"
    ;;
esac
