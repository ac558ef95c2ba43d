set -eu
kvorum store save "$LAB_STATE/backup"
kvorum lab check "$LAB" || true
kvorum lab run "$LAB" disaster.sh
kvorum lab check "$LAB" || true
kvorum store restore --yes "$LAB_STATE/backup"
kvorum up
