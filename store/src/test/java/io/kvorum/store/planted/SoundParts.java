package io.kvorum.store.planted;

import io.kvorum.bus.BusClient;
import io.kvorum.store.etcd.EtcdCluster;
import io.kvorum.store.wal.Disk;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** The store as it is, in a world in which it has to hold: answers get lost, and caches of disks when the power goes off. */
class SoundParts implements EtcdCluster.Parts {
    private final long seed;
    private final Map<String, CachedDisk> disks = new HashMap<>();
    private final AtomicInteger lostAnswers = new AtomicInteger();

    /** @param seed of which answers get lost */
    SoundParts(long seed) {
        this.seed = seed;
    }

    /** How many answers were lost without a fault. */
    final int lostAnswers() {
        return lostAnswers.get();
    }

    CachedDisk newDisk() {
        return new CachedDisk(false);
    }

    @Override
    public final Disk disk(String member) {
        CachedDisk disk = newDisk();
        disks.put(member, disk);
        return disk;
    }

    @Override
    public final void powerOff(List<String> members) throws IOException {
        for (CachedDisk disk : disks(members)) {
            disk.powerOff();
        }
    }

    @Override
    public final void crashed(List<String> members) throws IOException {
        for (CachedDisk disk : disks(members)) {
            disk.close();
        }
    }

    private List<CachedDisk> disks(List<String> members) {
        return disks.entrySet().stream()
                .filter(disk -> members.contains(disk.getKey()))
                .map(Map.Entry::getValue)
                .toList();
    }

    @Override
    public final BusClient bus(EtcdCluster cluster, String member, BusClient real) {
        Random random = new Random(seed * 31 + member.hashCode());
        return new LossyBus(cluster.vertx, cluster.network, member, real, random, lostAnswers);
    }
}
