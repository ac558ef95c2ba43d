package io.kvorum.bench.etcd;

import io.kvorum.bench.etcd.BenchPlan.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The measurements of a {@link BenchPlan}. Both stores run all the time, and each measurement is taken from the one and
 * then from the other while the first is idle.
 */
final class SideBySide {
    /** As for a store that is to carry load for long. */
    private static final List<String> PLAIN = List.of("--store-arg=compiler=full");

    /** The log that is read back is history too, which a member holds in memory. */
    private static final List<String> ROOMY = List.of("--store-arg=compiler=full", "--store-arg=heap=3g");

    private final BenchPlan plan;
    private final Path etcd;
    private final Path folder;
    private final Results results;
    private final Reaper reaper;

    /** @param folder for the data of all; is not deleted */
    SideBySide(BenchPlan plan, Path etcd, Path folder, Results results, Reaper reaper) {
        this.plan = plan;
        this.etcd = etcd;
        this.folder = folder;
        this.results = results;
        this.reaper = reaper;
    }

    void run() throws IOException, InterruptedException {
        for (int members : plan.members()) {
            if (plan.has(Part.PUTS) || plan.has(Part.GETS) || plan.has(Part.WATCH)) {
                with("load", members, false, PLAIN, pair -> new LoadRounds(plan, pair).run());
            }
            if (plan.has(Part.FAILOVER) && members > 1) {
                with("faults", members, true, PLAIN, pair -> new FaultRounds(plan, pair).run());
            }
            if (plan.has(Part.RESTART)) {
                with("restart", members, false, ROOMY, pair -> new RestartRounds(plan, pair).run());
            }
        }
    }

    private interface Measurements {
        void of(Pair pair) throws IOException, InterruptedException;
    }

    private void with(
            String name, int members, boolean partible, List<String> kvorumArguments, Measurements measurements)
            throws IOException, InterruptedException {
        Path own = folder.resolve(name + members);
        try (Pair pair = Pair.start(new Pair.Setup(etcd, own, members, partible, kvorumArguments), results, reaper)) {
            measurements.of(pair);
        }
        Folders.delete(own);
    }
}
