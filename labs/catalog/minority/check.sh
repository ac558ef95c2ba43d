# check.sh split|sides|one
list=/api/v1/namespaces/$LAB_NAMESPACE/configmaps
case $1 in
  split)
    bash ask.sh 0 get configmaps >/dev/null 2>&1 ||
      { echo "apiserver-0 has no majority of the store behind it; cut off apiserver-1 with one store member only."; exit 1; }
    if bash ask.sh 1 create configmap probe-split >/dev/null 2>&1; then
      bash ask.sh 1 delete configmap probe-split >/dev/null 2>&1
      echo "apiserver-1 still accepts writes: kvorum fault partition apiserver-1,store-N with a member that does not lead."
      exit 1
    fi
    echo "apiserver-0 answers, apiserver-1 accepts no write"
    ;;
  sides)
    bash ask.sh 0 get configmap majority -o name >/dev/null 2>&1 ||
      { echo "ConfigMap majority is not there yet; create it through apiserver-0."; exit 1; }
    if bash ask.sh 1 get --raw "$list" >/dev/null 2>&1; then
      echo "apiserver-1 answers reads that must be current, so it is not cut off from the majority any more."
      exit 1
    fi
    old=$(bash ask.sh 1 get --raw "$list?resourceVersion=0" 2>&1) ||
      { echo "apiserver-1 does not answer a read of any version: $old"; exit 1; }
    case $old in *'"name":"majority"'*) echo "apiserver-1 knows of ConfigMap majority; write while the network is split."; exit 1 ;; esac
    echo "the majority wrote; the minority refused, and reads an old truth"
    ;;
  one)
    for server in 0 1; do
      bash ask.sh $server get configmap majority -o name >/dev/null 2>&1 ||
        { echo "apiserver-$server does not say that ConfigMap majority exists; heal, and give it a moment."; exit 1; }
      ! bash ask.sh $server get configmap minority -o name >/dev/null 2>&1 ||
        { echo "apiserver-$server says that ConfigMap minority exists. If you created it after the heal, delete it."; exit 1; }
    done
    echo "both API servers say the same"
    ;;
esac
