package io.kvorum.apiserver.table;

import static io.kvorum.apiserver.table.TablePrinters.printer;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The kinds that steer the cluster: access, admission, certificates, disruption, priority, flow control, devices. */
final class ControlPrinters {
    private ControlPrinters() {}

    static void register(Map<String, TablePrinter> printers) {
        access(printers);
        admission(printers);
        flowControl(printers);
        devices(printers);
        printers.put("apiregistration.k8s.io/apiservices", printer("""
                        Name
                        Service|string|The service that answers, or Local
                        Available|string|Whether it answers
                        Age
                        """, ControlPrinters::apiService));
        printers.put("certificates.k8s.io/certificatesigningrequests", printer("""
                        Name
                        Age
                        SignerName|string|Who is asked to sign
                        Requestor|string|Who asks
                        RequestedDuration|string|How long the certificate should be valid
                        Condition|string|What became of the request
                        """, ControlPrinters::signingRequest));
        printers.put(
                "policy/poddisruptionbudgets",
                printer(
                        """
                        Name
                        Min Available|string|Pods that must stay
                        Max Unavailable|string|Pods that may be gone
                        Allowed Disruptions|integer|Pods that may be disrupted now
                        Age
                        """,
                        row -> row.name()
                                .text(row.spec().path("minAvailable"), "N/A")
                                .text(row.spec().path("maxUnavailable"), "N/A")
                                .number(row.status().path("disruptionsAllowed"))
                                .age()));
        printers.put(
                "scheduling.k8s.io/priorityclasses",
                printer(
                        """
                        Name
                        Value|integer|Priority of pods of the class; more goes first
                        Global-Default|boolean|Whether pods without a class get this one
                        Age
                        PreemptionPolicy|string|Whether such pods push out others
                        """,
                        row -> row.name()
                                .number(row.object().path("value"))
                                .bool(row.object().path("globalDefault").asBoolean())
                                .age()
                                .text(row.object().path("preemptionPolicy").asText())));
        printers.put(
                "coordination.k8s.io/leases",
                printer(
                        """
                        Name
                        Holder|string|Who holds the lease
                        Age
                        """,
                        row -> row.name()
                                .text(row.spec().path("holderIdentity").asText())
                                .age()));
        printers.put(
                "node.k8s.io/runtimeclasses",
                printer(
                        """
                        Name
                        Handler|string|What the node's runtime is asked for
                        Age
                        """,
                        row -> row.name()
                                .text(row.object().path("handler").asText())
                                .age()));
    }

    private static void access(Map<String, TablePrinter> printers) {
        TablePrinter binding = printer("""
                Name
                Role|string|The role that is granted
                Age
                *Users|string|Users it is granted to
                *Groups|string|Groups it is granted to
                *ServiceAccounts|string|Service accounts it is granted to
                """, row -> {
            JsonNode role = row.object().path("roleRef");
            row.name()
                    .text(role.path("kind").asText() + "/" + role.path("name").asText())
                    .age()
                    .text(subjects(row, "User"))
                    .text(subjects(row, "Group"))
                    .text(subjects(row, "ServiceAccount"));
        });
        printers.put("rbac.authorization.k8s.io/clusterrolebindings", binding);
        printers.put("rbac.authorization.k8s.io/rolebindings", binding);
    }

    private static String subjects(Row row, String kind) {
        List<String> names = new ArrayList<>();
        for (JsonNode subject : row.object().path("subjects")) {
            if (subject.path("kind").asText().equals(kind)) {
                String namespace = kind.equals("ServiceAccount")
                        ? subject.path("namespace").asText() + "/"
                        : "";
                names.add(namespace + subject.path("name").asText());
            }
        }
        return String.join(", ", names);
    }

    private static void admission(Map<String, TablePrinter> printers) {
        String group = "admissionregistration.k8s.io/";
        for (String kind : List.of("mutating", "validating")) {
            boolean mutating = kind.equals("mutating");
            printers.put(
                    group + kind + "admissionpolicies",
                    printer(
                            "Name\n"
                                    + (mutating
                                            ? "Mutations|integer|Number of mutations\n"
                                            : "Validations|integer|Number of validations\n")
                                    + "ParamKind|string|Kind of the objects that parameterise it\nAge\n",
                            row -> {
                                JsonNode param = row.spec().path("paramKind");
                                row.name()
                                        .number(row.spec()
                                                .path(mutating ? "mutations" : "validations")
                                                .size())
                                        .text(
                                                param.isObject()
                                                        ? param.path("apiVersion")
                                                                        .asText() + "/"
                                                                + param.path("kind")
                                                                        .asText()
                                                        : Row.UNSET)
                                        .age();
                            }));
            printers.put(
                    group + kind + "admissionpolicybindings",
                    printer(
                            """
                            Name
                            PolicyName|string|The policy that is bound
                            ParamRef|string|Objects that parameterise it
                            Age
                            """,
                            row -> row.name()
                                    .text(row.spec().path("policyName").asText())
                                    .text(paramRef(row.spec().path("paramRef")))
                                    .age()));
            printers.put(
                    group + kind + "webhookconfigurations",
                    printer(
                            """
                            Name
                            Webhooks|integer|Number of webhooks
                            Age
                            """,
                            row -> row.name()
                                    .number(row.object().path("webhooks").size())
                                    .age()));
        }
    }

    private static String paramRef(JsonNode ref) {
        if (!ref.isObject()) {
            return Row.UNSET;
        }
        String name = ref.path("name").asText();
        String namespace = Row.textOr(ref.path("namespace"), "*");
        return name.isEmpty() ? Texts.selector(ref.path("selector")) : namespace + "/" + name;
    }

    private static void flowControl(Map<String, TablePrinter> printers) {
        String group = "flowcontrol.apiserver.k8s.io/";
        printers.put(
                group + "flowschemas",
                printer(
                        """
                        Name
                        PriorityLevel|string|Priority level its requests go to
                        MatchingPrecedence|string|Order of matching; less goes first
                        DistinguisherMethod|string|How its flows are told apart
                        Age
                        MissingPL|string|Whether the priority level is missing
                        """,
                        row -> row.name()
                                .text(row.spec()
                                        .path("priorityLevelConfiguration")
                                        .path("name")
                                        .asText())
                                .number(row.spec().path("matchingPrecedence"))
                                .text(row.spec().path("distinguisherMethod").path("type"), Row.NONE)
                                .age()
                                .text(dangling(row))));
        printers.put(group + "prioritylevelconfigurations", printer("""
                        Name
                        Type|string|Limited or Exempt
                        NominalConcurrencyShares|string|Its share of the server's seats
                        Queues|string|Number of queues
                        HandSize|string|Queues a flow may use
                        QueueLengthLimit|string|Requests a queue may hold
                        Age
                        """, row -> {
            boolean exempt = row.spec().path("type").asText().equals("Exempt");
            JsonNode settings = row.spec().path(exempt ? "exempt" : "limited");
            JsonNode queuing = row.spec().path("limited").path("limitResponse").path("queuing");
            row.name()
                    .text(row.spec().path("type").asText())
                    .text(settings.path("nominalConcurrencyShares"), Row.NONE)
                    .text(queuing.path("queues"), Row.NONE)
                    .text(queuing.path("handSize"), Row.NONE)
                    .text(queuing.path("queueLengthLimit"), Row.NONE)
                    .age();
        }));
    }

    private static String dangling(Row row) {
        String status = Texts.condition(row.status(), "Dangling");
        return status.isEmpty() ? "?" : status;
    }

    private static void devices(Map<String, TablePrinter> printers) {
        String group = "resource.k8s.io/";
        TablePrinter nameAndAge = printer("""
                Name
                Age
                """, row -> row.name().age());
        printers.put(group + "deviceclasses", nameAndAge);
        printers.put(group + "resourceclaimtemplates", nameAndAge);
        printers.put(
                group + "resourceclaims",
                printer("""
                        Name
                        State|string|Whether devices are allocated and reserved
                        Age
                        """, row -> row.name().text(claimState(row)).age()));
        printers.put(
                group + "resourceslices",
                printer(
                        """
                        Name
                        Node|string|Node that has the devices
                        Driver|string|Driver of the devices
                        Pool|string|Pool the devices belong to
                        Age
                        """,
                        row -> row.name()
                                .text(row.spec().path("nodeName"), Row.UNSET)
                                .text(row.spec().path("driver").asText())
                                .text(row.spec().path("pool").path("name").asText())
                                .age()));
    }

    private static String claimState(Row row) {
        List<String> states = new ArrayList<>();
        if (row.deleted()) {
            states.add("deleted");
        }
        if (row.status().path("allocation").isObject()) {
            states.add("allocated");
            if (!row.status().path("reservedFor").isEmpty()) {
                states.add("reserved");
            }
        } else if (!row.deleted()) {
            states.add("pending");
        }
        return String.join(",", states);
    }

    private static void apiService(Row row) {
        JsonNode service = row.spec().path("service");
        String available = "Unknown";
        for (JsonNode condition : row.status().path("conditions")) {
            if (condition.path("type").asText().equals("Available")) {
                String status = condition.path("status").asText();
                available = status.equals("True")
                        ? status
                        : status + " (" + condition.path("reason").asText() + ")";
            }
        }
        row.name()
                .text(
                        service.isObject()
                                ? service.path("namespace").asText() + "/"
                                        + service.path("name").asText()
                                : "Local")
                .text(available)
                .age();
    }

    private static void signingRequest(Row row) {
        boolean approved = false;
        boolean denied = false;
        boolean failed = false;
        for (JsonNode condition : row.status().path("conditions")) {
            String type = condition.path("type").asText();
            approved |= type.equals("Approved");
            denied |= type.equals("Denied");
            failed |= type.equals("Failed");
        }
        String state = denied ? "Denied" : approved ? "Approved" : "Pending";
        boolean issued = !row.status().path("certificate").asText().isEmpty();
        JsonNode seconds = row.spec().path("expirationSeconds");
        row.name()
                .age()
                .text(row.spec().path("signerName"), Row.NONE)
                .text(row.spec().path("username").asText())
                .text(seconds.isNumber() ? Ages.human(Duration.ofSeconds(seconds.asLong())) : Row.NONE)
                .text(state + (failed ? ",Failed" : "") + (issued ? ",Issued" : ""));
    }
}
