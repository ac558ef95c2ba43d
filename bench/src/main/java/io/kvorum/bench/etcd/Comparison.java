package io.kvorum.bench.etcd;

import java.util.List;
import java.util.OptionalDouble;

/**
 * The samples that both gave for one measure.
 *
 * @param etcd in the order of the rounds; may be empty
 * @param kvorum likewise
 */
record Comparison(Measure measure, List<Double> etcd, List<Double> kvorum) {
    Comparison {
        etcd = List.copyOf(etcd);
        kvorum = List.copyOf(kvorum);
    }

    OptionalDouble etcdMedian() {
        return median(etcd);
    }

    OptionalDouble kvorumMedian() {
        return median(kvorum);
    }

    /**
     * How many times as good Kvorum's median is: above 1 Kvorum is ahead, whether more or less is better. Empty when one
     * of the two is missing or the divisor is 0.
     */
    OptionalDouble ratio() {
        OptionalDouble over = measure.figure().moreIsBetter() ? kvorumMedian() : etcdMedian();
        OptionalDouble under = measure.figure().moreIsBetter() ? etcdMedian() : kvorumMedian();
        return over.isEmpty() || under.isEmpty() || under.getAsDouble() == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(over.getAsDouble() / under.getAsDouble());
    }

    /** The middle sample; the mean of the two in the middle when their number is even. */
    static OptionalDouble median(List<Double> samples) {
        if (samples.isEmpty()) {
            return OptionalDouble.empty();
        }
        List<Double> sorted = samples.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return OptionalDouble.of(
                sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2);
    }
}
