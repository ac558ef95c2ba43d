#!/bin/sh
# Rolling update: pod by pod, a new one has to be ready before an old one ends. Nothing is lost, two versions answer for a while.
cd "$(dirname "$0")"
space=rolling-update
. ../start.sh
begin

say "$rate requests a second; after 3 s the new version, after 15 s back to the old one"
traffic service/web --for 28s --out "$chart" --fail-on-lost \
  --at "3s=$kubectl set image deployment/web web=kvorum/web:v2" \
  --at "15s=$kubectl rollout undo deployment/web"
