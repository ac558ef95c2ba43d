#!/bin/sh
# Recreate: the old pods end, then the new ones start. The outage in between is what this shows.
cd "$(dirname "$0")"
space=recreate
. ../start.sh
begin

say "$rate requests a second; after 4 s the new version is asked for"
traffic service/web --for 16s --out "$chart" --at "4s=$kubectl set image deployment/web web=kvorum/web:v2"
