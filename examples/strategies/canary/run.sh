#!/bin/sh
# Canary: a part of the requests goes to the new version, and more and more of them while all is well.
cd "$(dirname "$0")"
space=canary
. ../start.sh
begin_with_gateway

weights() {
  printf '[{"op":"replace","path":"/spec/rules/0/backendRefs/0/weight","value":%s},{"op":"replace","path":"/spec/rules/0/backendRefs/1/weight","value":%s}]' "$1" "$2"
}

say "10,000 requests at 90 to 10"
RATE_BEFORE=$rate
rate=${COUNT_RATE:-500}
traffic gateway/web --keep-alive --for "$((10000 / rate))s" --fail-on-lost
rate=$RATE_BEFORE

say "$rate requests a second; after 4 s at 50 to 50, after 10 s all to the new version"
traffic gateway/web --for 17s --out "$chart" --fail-on-lost \
  --at "4s=$kubectl patch httproute web --type=json -p '$(weights 50 50)'" \
  --at "10s=$kubectl patch httproute web --type=json -p '$(weights 0 100)'"
