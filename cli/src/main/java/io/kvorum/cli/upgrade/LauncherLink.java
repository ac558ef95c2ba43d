package io.kvorum.cli.upgrade;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;

/** The launcher of a cluster that is up. Errors: {@link io.kvorum.cli.cluster.CommandFailure} with what it said. */
public interface LauncherLink {
    ObjectNode ask(ObjectNode request, Duration timeout);
}
