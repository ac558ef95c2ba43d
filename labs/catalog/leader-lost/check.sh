# check.sh elected|written|healed
before=$(cat "$LAB_STATE/leader")
# Lines "NAME ready leader" of the store's members; a member that is cut off may still think that it leads.
members=$(kvorum status -o json | tr -d ' \n' | grep -o '"name":"store-[0-9]*"[^}]*')
cut=$(kvorum fault list -o json | tr -d ' \n' | grep -o '"partition[^"]*"' | head -n 1)
others=$(printf '%s\n' "$members" | grep -v "\"$before\"" | grep '"leader":true' | cut -d'"' -f4 | head -n 1)
case $1 in
  elected)
    [ -n "$cut" ] || { echo "No partition is active; cut the leader ($before) off: kvorum fault partition leader:store"; exit 1; }
    [ -n "$others" ] || { echo "A partition is active, but $before still leads: was it the leader that was cut off? If so, look again in two seconds."; exit 1; }
    echo "$before was cut off; $others leads now"
    ;;
  written)
    [ -n "$cut" ] || { echo "No partition is active any more; cut the leader off again and write meanwhile."; exit 1; }
    kubectl -n "$LAB_NAMESPACE" get configmap during -o name >/dev/null 2>&1 ||
      { echo "There is no ConfigMap during in namespace $LAB_NAMESPACE yet; create it while the leader is cut off."; exit 1; }
    echo "ConfigMap during was written by a majority of two"
    ;;
  healed)
    [ -z "$cut" ] || { echo "The partition is still there; kvorum fault heal"; exit 1; }
    leaders=$(printf '%s\n' "$members" | grep -c '"leader":true')
    ready=$(printf '%s\n' "$members" | grep -c '"ready":true')
    [ "$leaders" -eq 1 ] && [ "$ready" -eq 3 ] ||
      { echo "$leaders member(s) lead and $ready of 3 are ready; give them a moment."; exit 1; }
    kubectl -n "$LAB_NAMESPACE" get configmap during -o name >/dev/null 2>&1 ||
      { echo "ConfigMap during is gone; did you delete it? Reset the lab and start again."; exit 1; }
    echo "one leader, three members, and the ConfigMap is there"
    ;;
esac
