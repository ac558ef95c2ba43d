package io.kvorum.cli.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.cluster.ClusterSpec;
import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.faults.ControlSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import picocli.CommandLine.Option;

/** Which cluster a command speaks of, and the way to its launcher. */
public final class ClusterOption {
    @Option(
            names = "--name",
            paramLabel = "NAME",
            defaultValue = "${env:KVORUM_CLUSTER:-kvorum}",
            description = "name of the cluster (default: KVORUM_CLUSTER of the environment, else kvorum)")
    String name = "kvorum";

    /** The name as given. */
    public String name() {
        return name;
    }

    public ClusterFolder folder() {
        if (!name.matches("[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?")) {
            throw new CommandFailure(
                    "--name \"" + name
                            + "\" must be 1 to 40 lower-case letters, digits or '-', starting and ending with a letter"
                            + " or digit",
                    2);
        }
        return ClusterFolder.of(name);
    }

    /** The folder of a cluster that must be there, up or down. */
    ClusterFolder existing() {
        if (!Files.exists(folder().spec())) {
            throw new CommandFailure("there is no cluster \"" + name + "\"; start one with: kvorum up" + nameFlag(), 1);
        }
        return folder();
    }

    /** Whether a launcher answers. */
    public boolean running() {
        if (!Files.exists(folder().socket("launcher"))) {
            return false;
        }
        try {
            ControlSocket.call(
                    folder().socket("launcher"),
                    ControlSocket.request("status").put("cached", true),
                    Duration.ofSeconds(5));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** A cluster that is down is a failure that says so. */
    public void requireRunning() {
        if (!running()) {
            throw new CommandFailure("cluster \"" + name + "\" is not up; start it with: kvorum up" + nameFlag(), 1);
        }
    }

    /** What a cluster that is up is made of. */
    ClusterSpec runningSpec() throws IOException {
        requireRunning();
        return ClusterSpec.read(folder().spec());
    }

    /** Asks the launcher; a cluster that is down is a failure that says so. */
    public ObjectNode ask(ObjectNode request, Duration timeout) {
        requireRunning();
        try {
            return ControlSocket.call(folder().socket("launcher"), request, timeout);
        } catch (IOException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), 1);
        }
    }

    /** What has to be added to a command to mean this cluster. */
    public String nameFlag() {
        return name.equals("kvorum") ? "" : " --name " + name;
    }
}
