package io.kvorum.cli.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.cluster.ClusterSpec;
import io.kvorum.cli.cluster.Instance;
import io.kvorum.cli.cluster.Role;
import io.kvorum.faults.ControlSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The store's processes of a cluster, asked over their control sockets. Blocking. */
public record StoreMembers(ClusterFolder folder, List<Instance> instances) {
    private static final Duration STATUS_TIMEOUT = Duration.ofSeconds(2);

    public static StoreMembers of(ClusterSpec spec, ClusterFolder folder) {
        return new StoreMembers(
                folder,
                Instance.of(spec).stream()
                        .filter(instance -> instance.role() == Role.STORE)
                        .toList());
    }

    /**
     * Asks one process.
     *
     * @throws IOException when it is not there, does not answer in time, or refuses
     */
    public ObjectNode ask(Instance member, ObjectNode request, Duration timeout) throws IOException {
        try {
            return ControlSocket.call(socket(member), request, timeout);
        } catch (NoSuchFileException e) {
            throw new IOException(member.name() + " does not run", e);
        }
    }

    /** What a process says of itself. */
    public ObjectNode status(Instance member) throws IOException {
        return ask(member, ControlSocket.request("store.status"), STATUS_TIMEOUT);
    }

    Path socket(Instance member) throws IOException {
        Path socket = folder.socket(member.name());
        if (!Files.exists(socket)) {
            throw new NoSuchFileException(socket.toString());
        }
        return socket;
    }
}
