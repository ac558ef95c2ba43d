#!/bin/sh
# A/B: who gets which version is decided by what the request says: a header, a cookie or a parameter of the query.
cd "$(dirname "$0")"
space=ab-test
. ../start.sh
begin_with_gateway

say "$rate requests a second that say nothing: all to a"
traffic gateway/web --for 3s --fail-on-lost
say "with the header X-Group: b"
traffic gateway/web --for 3s --fail-on-lost --header "X-Group: b"
say "with the cookie group=b"
traffic gateway/web --for 3s --fail-on-lost --header "Cookie: theme=dark; group=b"
say "with ?group=b in the query"
traffic "gateway/web/?group=b" --for 3s --fail-on-lost
