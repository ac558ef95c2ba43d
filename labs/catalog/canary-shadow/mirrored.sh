# The shadow hears what users ask, and none of them hears it.
mark=shadow-$$-$(date +%s)
address=$(kubectl -n "$LAB_NAMESPACE" get gateway shop -o jsonpath='{.status.addresses[0].value}')
for i in $(seq 20); do
  answer=$(curl -sS -m 3 "http://$address:18080/?$mark" 2>&1) || { echo "The gateway does not answer: $answer"; exit 1; }
  case $answer in *v3*) echo "A user got an answer of version 3: mirror to it, do not route to it."; exit 1 ;; esac
done
for i in $(seq 20); do
  copies=$(kubectl -n "$LAB_NAMESPACE" logs -l version=v3 --tail=400 2>/dev/null | grep -c "$mark")
  [ "$copies" -lt 20 ] || { echo "version 3 got a copy of each of 20 requests, and no user an answer of it"; exit 0; }
  sleep 0.3
done
echo "Version 3 got $copies copies of 20 requests; the route needs a filter RequestMirror to shop-v3."
exit 1
