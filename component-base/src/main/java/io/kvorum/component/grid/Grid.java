package io.kvorum.component.grid;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import io.kvorum.component.fault.FaultRules;

/** Configures and starts Hazelcast members. */
public final class Grid {
    private Grid() {}

    /** The configuration of a member of this cluster, not yet shaped by {@link GridMember#configure}. */
    public static Config config(GridSettings settings) {
        throw new UnsupportedOperationException();
    }

    /** Starts a member and joins; blocks, so never on an event loop. */
    public static HazelcastInstance start(GridSettings settings, Config config, GridMember member, FaultRules faults) {
        throw new UnsupportedOperationException();
    }
}
