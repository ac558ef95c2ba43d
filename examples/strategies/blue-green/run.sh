#!/bin/sh
# Blue/green: both versions run whole; the route names one of them. The switch is one write, and so is the way back.
cd "$(dirname "$0")"
space=blue-green
. ../start.sh
begin_with_gateway

live() { printf '[{"op":"replace","path":"/spec/rules/0/backendRefs/0/name","value":"%s"}]' "$1"; }

say "$rate requests a second; after 4 s to green, after 10 s back to blue"
traffic gateway/web --for 17s --out "$chart" --fail-on-lost \
  --at "4s=$kubectl patch httproute web --type=json -p '$(live green)'" \
  --at "10s=$kubectl patch httproute web --type=json -p '$(live blue)'"
