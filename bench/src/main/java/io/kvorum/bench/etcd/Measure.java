package io.kvorum.bench.etcd;

/**
 * What is measured, apart from whose it is.
 *
 * @param members processes of the store
 * @param what for example {@code put 256 B, 16 at a time}
 */
record Measure(int members, String what, Figure figure) {
    /** What the number stands for. */
    enum Figure {
        RATE("1/s", true),
        P50("ms", false),
        P99("ms", false),
        TIME("ms", false);

        private final String unit;
        private final boolean moreIsBetter;

        Figure(String unit, boolean moreIsBetter) {
            this.unit = unit;
            this.moreIsBetter = moreIsBetter;
        }

        String unit() {
            return unit;
        }

        /** Whether a greater number is the better one. */
        boolean moreIsBetter() {
            return moreIsBetter;
        }
    }
}
