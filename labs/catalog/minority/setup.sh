set -eu
# Both must be able to answer before anything is cut.
for i in $(seq 60); do
  bash ask.sh 0 get configmaps >/dev/null 2>&1 && bash ask.sh 1 get configmaps >/dev/null 2>&1 && exit 0
  sleep 0.5
done
echo "apiserver-0 and apiserver-1 do not both answer" >&2
exit 1
