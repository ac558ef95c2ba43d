#!/bin/sh
# Shadow: the new version gets a copy of every request, and nobody gets its answers.
cd "$(dirname "$0")"
space=shadow
. ../start.sh
begin_with_gateway

# A gateway that has just started is slower than it will be; that is not the mirror's doing.
traffic gateway/web --header "Host: plain.example" --for 3s >/dev/null

say "$rate requests a second without a mirror"
traffic gateway/web --header "Host: plain.example" --for 8s --fail-on-lost
say "and with one"
traffic gateway/web --header "Host: mirrored.example" --for 8s --fail-on-lost --out "$chart"

say "what the pods of the new version have counted"
for address in $(k get pods -l track=shadow -o 'jsonpath={.items[*].status.podIP}'); do
  curl -s --max-time 5 "http://$address:8080/stats" >&2
done
