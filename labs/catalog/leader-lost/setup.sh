set -eu
kvorum status -o json | tr -d ' \n' | grep -o '"name":"store-[0-9]*","role":"store"[^}]*"leader":true' | cut -d'"' -f4 >"$LAB_STATE/leader"
[ -s "$LAB_STATE/leader" ] || { echo "no store member leads; kvorum status shows what runs" >&2; exit 1; }
