package io.kvorum.store.server;

import io.kvorum.component.Flags;
import java.time.Duration;
import java.util.function.Supplier;

/** The store's own flags. */
final class StoreFlags {
    final Supplier<String> initialMembers;
    final Supplier<Integer> peerPort;
    final Supplier<Duration> electionTimeout;
    final Supplier<Duration> heartbeatInterval;
    final Supplier<Integer> maxMissedHeartbeats;
    final Supplier<Integer> historyRevisions;
    final Supplier<Duration> corruptCheckTime;

    StoreFlags(Flags flags) {
        initialMembers = flags.text(
                "initial-members",
                "3",
                "Number of store processes, named like this one with numbers from 0 on, or their names separated by"
                        + " commas. 1: this process holds three members by itself.");
        peerPort = flags.integer("peer-port", 2380, "Port of every store process for the other ones.");
        electionTimeout = flags.duration(
                "raft-election-timeout",
                Duration.ofMillis(500),
                "Least time between two looks for a lost leader; up to 1s is added at random.");
        heartbeatInterval = flags.duration(
                "raft-heartbeat-interval", Duration.ofMillis(500), "How often the leader is heard of at least.");
        maxMissedHeartbeats = flags.integer(
                "raft-max-missed-heartbeats", 3, "A leader that missed more heartbeats than these is lost.");
        corruptCheckTime = flags.duration(
                "corrupt-check-time",
                Duration.ofMinutes(10),
                "How often the members compare their content; 0: never. One that differs stops for good.");
        historyRevisions =
                flags.integer("watch-history", 10_000, "Number of newest revisions kept in memory for watches.");
    }
}
