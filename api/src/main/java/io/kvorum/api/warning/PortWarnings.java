package io.kvorum.api.warning;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.GoText;
import io.kvorum.api.Tree;
import io.kvorum.api.validation.FieldPath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Warnings of the ports of all containers of one pod, which are to be shown one container after the other. */
final class PortWarnings {
    private record Known(FieldPath path, long hostPort, String hostIp) {}

    private final WarningList warnings;
    private final Map<String, List<Known>> ports = new HashMap<>();
    private final Map<String, FieldPath> names = new HashMap<>();

    PortWarnings(WarningList warnings) {
        this.warnings = warnings;
    }

    /** Ports of one number and protocol, unless they go by different ports or addresses of the host. */
    void overlaps(JsonNode container, FieldPath path) {
        List<JsonNode> list = Tree.items(container, "ports");
        for (int i = 0; i < list.size(); i++) {
            JsonNode port = list.get(i);
            FieldPath at = path.child("ports").index(i);
            long number = Tree.number(port, "containerPort");
            String protocol = Tree.text(port, "protocol");
            Known here = new Known(at, Tree.number(port, "hostPort"), Tree.text(port, "hostIP"));
            if (!here.hostIp().isEmpty() && here.hostPort() == 0) {
                warnings.add(
                        at,
                        "hostIP set without hostPort: {Name:" + Tree.text(port, "name") + " HostPort:0 ContainerPort:"
                                + number + " Protocol:" + protocol + " HostIP:" + here.hostIp() + "}");
            }
            List<Known> others = ports.computeIfAbsent(number + "/" + protocol, first -> new ArrayList<>());
            others.forEach(other -> compare(here, other));
            others.add(here);
        }
    }

    private void compare(Known here, Known other) {
        boolean sameHostPort = here.hostPort() == other.hostPort();
        if (sameHostPort && here.hostIp().equals(other.hostIp())) {
            warnings.add(here.path(), "duplicate port definition with " + other.path());
        } else if (here.hostPort() == 0 || other.hostPort() == 0) {
            warnings.add(here.path(), "overlapping port definition with " + other.path());
        } else if (sameHostPort && here.hostIp().isEmpty() != other.hostIp().isEmpty()) {
            warnings.add(here.path(), "dangerously ambiguous port definition with " + other.path());
        }
    }

    void names(JsonNode container, FieldPath path) {
        List<JsonNode> list = Tree.items(container, "ports");
        for (int i = 0; i < list.size(); i++) {
            String name = Tree.text(list.get(i), "name");
            FieldPath at = path.child("ports").index(i);
            FieldPath first = name.isEmpty() ? null : names.putIfAbsent(name, at);
            if (first != null) {
                warnings.add(
                        at,
                        "duplicate port name " + GoText.quoted(name) + " with " + first
                                + ", services and probes that select ports by name will use " + first);
            }
        }
    }
}
