package io.kvorum.component.grid;

import io.kvorum.component.Identity;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a Hazelcast member of this process is started with.
 *
 * @param identity who the process is; its address is the member's
 * @param instanceName name of the Hazelcast instance, unique in the JVM
 * @param port Hazelcast port on the identity's address
 * @param join {@code host:port} of the members to look for
 * @param maxNoHeartbeat after this silence a member is taken for dead
 * @param dataDir the process's data folder
 */
public record GridSettings(
        Identity identity, String instanceName, int port, List<String> join, Duration maxNoHeartbeat, Path dataDir) {
    public GridSettings {
        join = List.copyOf(join);
    }
}
