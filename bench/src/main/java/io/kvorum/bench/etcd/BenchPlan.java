package io.kvorum.bench.etcd;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What is measured, how often and how long.
 *
 * @param members how many processes the stores have
 * @param values sizes in bytes
 * @param clients requests under way at a time
 * @param rounds how many samples are taken of everything
 * @param window of each measurement of a rate
 * @param warmUp before each window
 * @param runIn before everything, for each kind of request: a server is measured as one that has been at work, not as one
 *     that has just been started
 * @param keys how many keys the requests choose from
 * @param watchers of one prefix
 * @param burst writes at once under the eyes of the watchers
 * @param logBytes what is written before a restart
 */
record BenchPlan(
        List<Part> parts,
        List<Integer> members,
        List<Integer> values,
        List<Integer> clients,
        int rounds,
        Duration window,
        Duration warmUp,
        Duration runIn,
        int keys,
        int watchers,
        int burst,
        long logBytes) {
    /** What can be chosen. */
    enum Part {
        PUTS,
        GETS,
        WATCH,
        FAILOVER,
        RESTART;

        static Optional<Part> of(String word) {
            return Arrays.stream(values())
                    .filter(part -> part.word().equals(word))
                    .findFirst();
        }

        static String names() {
            return Arrays.stream(values()).map(Part::word).collect(Collectors.joining(", "));
        }

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** For numbers. */
    static final BenchPlan FULL = new BenchPlan(
            List.of(Part.values()),
            List.of(1, 3),
            List.of(256, 1024),
            List.of(1, 16, 64, 256),
            3,
            Duration.ofSeconds(4),
            Duration.ofSeconds(1),
            Duration.ofSeconds(20),
            10_000,
            1000,
            50,
            1L << 30);

    /** To see that it works. */
    static final BenchPlan QUICK = new BenchPlan(
            List.of(Part.values()),
            List.of(1, 3),
            List.of(256),
            List.of(1, 64),
            1,
            Duration.ofSeconds(1),
            Duration.ofMillis(300),
            Duration.ofSeconds(1),
            1000,
            100,
            20,
            16L << 20);

    BenchPlan {
        parts = List.copyOf(parts);
        members = List.copyOf(members);
        values = List.copyOf(values);
        clients = List.copyOf(clients);
    }

    boolean has(Part part) {
        return parts.contains(part);
    }

    /** The operations whose rates are measured. */
    List<Operation> operations() {
        return Arrays.stream(Operation.values())
                .filter(operation -> has(operation == Operation.PUT ? Part.PUTS : Part.GETS))
                .toList();
    }
}
