set -eu
follower=$(kvorum status | awk '$2 == "store" && $7 != "yes" {print $1; exit}')
kvorum fault partition "apiserver-1,$follower"
. ../until-passed.sh
until_passed 2
kvorum lab run "$LAB" ask.sh 0 create configmap majority
! kvorum lab run "$LAB" ask.sh 1 create configmap minority
until_passed 3
kvorum fault heal
until_passed 4
