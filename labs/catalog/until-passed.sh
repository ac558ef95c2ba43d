# Sourced by solutions that have to be graded step by step. Not a program of its own.
# until_passed N: waits until the lab has come to step N, or is solved.
until_passed() {
  for i in $(seq 60); do
    kvorum lab check "$LAB" | grep -q "Step $1 of\|is solved" && return 0
    sleep 0.5
  done
  return 1
}
