package io.kvorum.bench.etcd;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.options.CompactOption;
import io.kvorum.bench.etcd.Contender.Maker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Both stores of one size, running and serving; ended by {@link #close}. Also the record of what they are measured to
 * do.
 */
final class Pair implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final long COMPACT_SECONDS = 60;

    private final int members;
    private final Results results;
    private final Reaper reaper;

    /** Something that is done with one of the two. */
    interface Turn {
        void with(Contender contender) throws IOException, InterruptedException;
    }

    private Pair(int members, Results results, Reaper reaper) {
        this.members = members;
        this.results = results;
        this.reaper = reaper;
    }

    /**
     * What is started.
     *
     * @param folder for the data; the pair's own
     * @param partible whether etcd is to be one that can be partitioned; Kvorum always is
     * @param kvorumArguments more words for {@code kvorum up}
     */
    record Setup(Path etcd, Path folder, int members, boolean partible, List<String> kvorumArguments) {}

    /** Starts both, one after the other, and waits until each member serves. */
    static Pair start(Setup setup, Results results, Reaper reaper) throws IOException {
        Progress.say("starting etcd and Kvorum with " + setup.members() + " member(s) each");
        Path etcdFolder = Files.createDirectories(setup.folder().resolve("etcd"));
        Path kvorumHome = Files.createDirectories(setup.folder().resolve("kvorum"));
        // Addresses of clusters begin with 127.1 to 127.250.
        String network = "127.251." + setup.members();
        Pair pair = new Pair(setup.members(), results, reaper);
        try {
            reaper.add(EtcdCluster.of(setup.etcd(), etcdFolder, network, setup.members(), setup.partible()))
                    .start();
            reaper.add(new KvorumStore(kvorumHome, setup.members(), setup.kvorumArguments()))
                    .start();
            for (Contender contender : reaper.contenders()) {
                Readiness.awaitAll(contender.endpoints(), START_LIMIT);
            }
            return pair;
        } catch (IOException | RuntimeException | Error e) {
            pair.close();
            throw e;
        }
    }

    /** Lets both have a turn; who begins changes from round to round. */
    void turns(int round, Turn turn) throws IOException, InterruptedException {
        List<Contender> order = new ArrayList<>(reaper.contenders());
        if (round % 2 == 1) {
            Collections.reverse(order);
        }
        for (Contender contender : order) {
            turn.with(contender);
        }
    }

    void record(Maker maker, String what, Measure.Figure figure, double value) {
        results.add(new Measure(members, what, figure), maker, value);
    }

    /** Forgets the history of a store, and returns when that is done. */
    static void compact(Client client) throws IOException {
        KV store = client.getKVClient();
        long revision = Connections.await(
                        store.put(Connections.bytes("compacted"), Connections.bytes("")),
                        COMPACT_SECONDS,
                        TimeUnit.SECONDS)
                .getHeader()
                .getRevision();
        CompactOption physical =
                CompactOption.builder().withCompactPhysical(true).build();
        Connections.await(store.compact(revision, physical), COMPACT_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        reaper.endStores();
    }
}
