# check.sh STRATEGY lost|none
touch "$LAB_STATE/runs"
run=$(grep "^$1 " "$LAB_STATE/runs" | tail -n 1)
[ -n "$run" ] || { echo "No rollout with strategy $1 was measured yet: kvorum lab run $LAB roll.sh"; exit 1; }
lost=${run##* }
if [ "$2" = lost ]; then
  [ "$lost" -gt 0 ] || { echo "The last rollout with $1 lost nothing; something should be missing while no pod runs. Measure again."; exit 1; }
  echo "$1 lost $lost requests"
else
  case $run in
    *" blind "*) extra=" It had no readiness probe: a pod counted as ready before it listened." ;;
    *) extra="" ;;
  esac
  [ "$lost" -eq 0 ] || { echo "The last rollout with $1 lost $lost requests.$extra"; exit 1; }
  echo "$1 lost none"
fi
