package io.kvorum.store.planted;

import io.kvorum.torture.run.FaultKind;
import java.util.List;

/** What comes over the members. */
enum Faults {
    /** They are cut off from each other. */
    NETWORK(List.of(FaultKind.PARTITION, FaultKind.ONE_WAY_CUT)),
    /** They crash, mostly all at once. */
    CRASHES(List.of(FaultKind.RESTART_ALL, FaultKind.RESTART_ALL, FaultKind.RESTART, FaultKind.KILL));

    private final List<FaultKind> kinds;

    Faults(List<FaultKind> kinds) {
        this.kinds = kinds;
    }

    List<FaultKind> kinds() {
        return kinds;
    }
}
