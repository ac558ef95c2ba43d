package io.kvorum.apiserver.table;

import static io.kvorum.apiserver.table.TablePrinters.printer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Nodes, namespaces, configuration and quotas of the core group. */
final class CorePrinters {
    private static final String NODE_ROLE = "node-role.kubernetes.io/";

    private CorePrinters() {}

    static void register(Map<String, TablePrinter> printers) {
        printers.put("/componentstatuses", printer("""
                        Name
                        Status|string|Healthy or not
                        Message|string|What the component says
                        Error|string|Why it could not be asked
                        """, CorePrinters::componentStatus));
        printers.put(
                "/configmaps",
                printer(
                        """
                        Name
                        Data|string|Number of entries
                        Age
                        """,
                        row -> row.name()
                                .number((long) row.object().path("data").size()
                                        + row.object().path("binaryData").size())
                                .age()));
        printers.put(
                "/namespaces",
                printer(
                        """
                        Name
                        Status|string|Active or Terminating
                        Age
                        """,
                        row -> row.name()
                                .text(row.status().path("phase").asText())
                                .age()));
        printers.put("/nodes", printer("""
                        Name
                        Status|string|Whether the node is ready and takes pods
                        Roles|string|Roles of the node, from its labels
                        Age
                        Version|string|Version of the kubelet
                        *Internal-IP|string|Address inside the cluster
                        *External-IP|string|Address outside the cluster
                        *OS-Image|string|Operating system, as the node reports it
                        *Kernel-Version|string|Kernel, as the node reports it
                        *Container-Runtime|string|Container runtime, as the node reports it
                        """, CorePrinters::node));
        printers.put("/resourcequotas", printer("""
                        Name
                        Request|string|Used and allowed of everything but limits
                        Limit|string|Used and allowed of limits
                        Age
                        """, CorePrinters::resourceQuota));
        printers.put(
                "/secrets",
                printer(
                        """
                        Name
                        Type|string|What the data is for
                        Data|string|Number of entries
                        Age
                        """,
                        row -> row.name()
                                .text(row.object().path("type").asText())
                                .number(row.object().path("data").size())
                                .age()));
        printers.put("/serviceaccounts", printer("""
                        Name
                        Age
                        """, row -> row.name().age()));
    }

    private static void componentStatus(Row row) {
        String status = "Unknown";
        String message = "";
        String error = "";
        for (JsonNode condition : row.object().path("conditions")) {
            if (condition.path("type").asText().equals("Healthy")) {
                status = condition.path("status").asText().equals("True") ? "Healthy" : "Unhealthy";
                message = condition.path("message").asText();
                error = condition.path("error").asText();
            }
        }
        row.name().text(status).text(message).text(error);
    }

    private static void node(Row row) {
        String ready = Texts.condition(row.status(), "Ready");
        String status = ready.isEmpty() ? "Unknown" : ready.equals("True") ? "Ready" : "NotReady";
        if (row.spec().path("unschedulable").asBoolean()) {
            status += ",SchedulingDisabled";
        }
        JsonNode info = row.status().path("nodeInfo");
        row.name()
                .text(status)
                .text(roles(row.metadata().path("labels")))
                .age()
                .text(info.path("kubeletVersion").asText())
                .text(address(row, "InternalIP"))
                .text(address(row, "ExternalIP"))
                .text(info.path("osImage"), Row.UNKNOWN)
                .text(info.path("kernelVersion"), Row.UNKNOWN)
                .text(info.path("containerRuntimeVersion"), Row.UNKNOWN);
    }

    private static String roles(JsonNode labels) {
        TreeSet<String> roles = new TreeSet<>();
        for (Iterator<Map.Entry<String, JsonNode>> i = labels.fields(); i.hasNext(); ) {
            Map.Entry<String, JsonNode> label = i.next();
            String role = label.getKey().startsWith(NODE_ROLE)
                    ? label.getKey().substring(NODE_ROLE.length())
                    : label.getKey().equals("kubernetes.io/role")
                            ? label.getValue().asText()
                            : "";
            if (!role.isEmpty()) {
                roles.add(role);
            }
        }
        return roles.isEmpty() ? Row.NONE : String.join(",", roles);
    }

    private static String address(Row row, String type) {
        for (JsonNode address : row.status().path("addresses")) {
            if (address.path("type").asText().equals(type)) {
                return address.path("address").asText();
            }
        }
        return Row.NONE;
    }

    private static void resourceQuota(Row row) {
        TreeMap<String, String> requests = new TreeMap<>();
        TreeMap<String, String> limits = new TreeMap<>();
        JsonNode hard = row.status().path("hard");
        for (Iterator<String> i = hard.fieldNames(); i.hasNext(); ) {
            String resource = i.next();
            String used = Row.textOr(row.status().path("used").path(resource), "0");
            String shown = resource + ": " + used + "/" + hard.path(resource).asText();
            (resource.startsWith("limits.") ? limits : requests).put(resource, shown);
        }
        row.name()
                .text(String.join(", ", requests.values()))
                .text(String.join(", ", limits.values()))
                .age();
    }
}
