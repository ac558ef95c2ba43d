package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.IntOrString;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of containers: image, ports, environment, mounts, probes, hooks. */
final class ContainerValidation {
    static final List<String> PULL_POLICIES = List.of("Always", "IfNotPresent", "Never");
    private static final List<String> MESSAGE_POLICIES = List.of("FallbackToLogsOnError", "File");
    private static final List<String> HANDLERS = List.of("exec", "httpGet", "tcpSocket", "grpc", "sleep");
    private static final Set<String> ENV_FIELDS = Set.of(
            "metadata.name",
            "metadata.namespace",
            "metadata.uid",
            "spec.nodeName",
            "spec.serviceAccountName",
            "status.hostIP",
            "status.hostIPs",
            "status.podIP",
            "status.podIPs");
    private static final List<String> ENV_SOURCES =
            List.of("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef");

    private final MountRules mounts;
    private final Set<String> claims;
    private final boolean hostNetwork;
    private final boolean hostUsers;
    private final String podRestartPolicy;
    private final @Nullable Long gracePeriod;
    private final FieldErrors errors;
    private final Set<String> names = new HashSet<>();

    /**
     * @param spec of the pod
     * @param volumes names of the pod's volumes that are right
     */
    ContainerValidation(JsonNode spec, Set<String> volumes, FieldErrors errors) {
        this.mounts = new MountRules(spec, volumes, errors);
        this.claims = PodClaimRules.names(spec);
        this.hostNetwork = Tree.flag(spec, "hostNetwork");
        this.hostUsers = PodSecurityRules.hasHostUsers(spec);
        this.podRestartPolicy = Tree.text(spec, "restartPolicy");
        this.gracePeriod = spec.hasNonNull("terminationGracePeriodSeconds")
                ? Long.valueOf(Tree.number(spec, "terminationGracePeriodSeconds"))
                : null;
        this.errors = errors;
    }

    void containers(List<JsonNode> containers, FieldPath path) {
        if (containers.isEmpty()) {
            errors.required(path);
            return;
        }
        Set<String> hostPorts = new HashSet<>();
        for (int i = 0; i < containers.size(); i++) {
            JsonNode container = containers.get(i);
            FieldPath at = path.index(i);
            common(container, at);
            unique(container, at);
            lifecycle(container, at);
            probes(container, at);
            if (!Tree.text(container, "restartPolicy").isEmpty() && !hasRestartRules(container)) {
                Rules.oneOf(container, at, "restartPolicy", List.of("Always", "OnFailure", "Never"), errors);
            }
            hostPorts(container, at, hostPorts);
        }
    }

    private static boolean hasRestartRules(JsonNode container) {
        return !Tree.items(container, "restartPolicyRules").isEmpty();
    }

    void initContainers(List<JsonNode> containers, FieldPath path) {
        for (int i = 0; i < containers.size(); i++) {
            JsonNode container = containers.get(i);
            FieldPath at = path.index(i);
            common(container, at);
            unique(container, at);
            // They run one after the other.
            hostPorts(container, at, new HashSet<>());
            boolean sidecar = Tree.text(container, "restartPolicy").equals("Always");
            if (sidecar) {
                lifecycle(container, at);
                probes(container, at);
                continue;
            }
            for (String field : List.of("lifecycle", "livenessProbe", "readinessProbe", "startupProbe")) {
                if (container.hasNonNull(field)) {
                    errors.forbidden(
                            at.child(field), "may not be set for init containers without restartPolicy=Always");
                }
            }
        }
    }

    void ephemeralContainers(List<JsonNode> containers, FieldPath path) {
        for (int i = 0; i < containers.size(); i++) {
            JsonNode container = containers.get(i);
            FieldPath at = path.index(i);
            common(container, at);
            unique(container, at);
            for (String field : List.of("ports", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle")) {
                if (container.hasNonNull(field)) {
                    errors.forbidden(at.child(field), "cannot be set for an Ephemeral Container");
                }
            }
            if (!container.path("resources").isEmpty()) {
                errors.forbidden(at.child("resources"), "cannot be set for an Ephemeral Container");
            }
            String target = Tree.text(container, "targetContainerName");
            if (!target.isEmpty() && !names.contains(target)) {
                errors.notFound(at.child("targetContainerName"), target);
            }
            List<JsonNode> mounts = Tree.items(container, "volumeMounts");
            for (int mount = 0; mount < mounts.size(); mount++) {
                for (String field : List.of("subPath", "subPathExpr")) {
                    if (!Tree.text(mounts.get(mount), field).isEmpty()) {
                        errors.forbidden(
                                at.child("volumeMounts").index(mount).child(field),
                                "cannot be set for an Ephemeral Container");
                    }
                }
            }
        }
    }

    /** What holds for the images of pods' containers and not for those of templates. */
    static void image(JsonNode container, FieldPath at, FieldErrors errors) {
        String image = Tree.text(container, "image");
        if (!image.equals(image.trim())) {
            errors.invalid(at.child("image"), image, "must not have leading or trailing whitespace");
        }
    }

    private void unique(JsonNode container, FieldPath at) {
        String name = Tree.text(container, "name");
        if (!name.isEmpty() && !names.add(name)) {
            errors.duplicate(at.child("name"), name);
        }
    }

    private void common(JsonNode container, FieldPath at) {
        String name = Tree.text(container, "name");
        if (name.isEmpty()) {
            errors.required(at.child("name"));
        } else {
            errors.invalidEach(at.child("name"), name, ObjectNames.dns1123Label(name));
        }
        String image = Tree.text(container, "image");
        if (image.isEmpty()) {
            errors.required(at.child("image"));
        }
        Rules.requiredOneOf(container, at, "terminationMessagePolicy", MESSAGE_POLICIES, errors);
        ports(Tree.items(container, "ports"), at.child("ports"));
        List<JsonNode> variables = Tree.items(container, "env");
        for (int i = 0; i < variables.size(); i++) {
            env(variables.get(i), at.child("env").index(i));
        }
        List<JsonNode> sources = Tree.items(container, "envFrom");
        for (int i = 0; i < sources.size(); i++) {
            envFrom(sources.get(i), at.child("envFrom").index(i));
        }
        mounts.check(container, at);
        Rules.requiredOneOf(container, at, "imagePullPolicy", PULL_POLICIES, errors);
        ResourceListValidation.requirements(container.path("resources"), at.child("resources"), errors);
        claims(container, at.child("resources", "claims"));
        resizePolicy(container, at.child("resizePolicy"));
        PodSecurityRules.container(container.path("securityContext"), hostUsers, at.child("securityContext"), errors);
    }

    /** What each resource asks of a container that is resized. */
    private void resizePolicy(JsonNode container, FieldPath path) {
        Set<String> seen = new HashSet<>();
        List<JsonNode> policies = Tree.items(container, "resizePolicy");
        for (int i = 0; i < policies.size(); i++) {
            String resource = Tree.text(policies.get(i), "resourceName");
            String restart = Tree.text(policies.get(i), "restartPolicy");
            if (!seen.add(resource)) {
                errors.duplicate(path.index(i), resource);
            }
            oneOf(resource, path, List.of("cpu", "memory"));
            oneOf(restart, path, List.of("NotRequired", "RestartContainer"));
            if (podRestartPolicy.equals("Never") && !restart.equals("NotRequired")) {
                errors.invalid(path, restart, "must be 'NotRequired' when `restartPolicy` is 'Never'");
            }
        }
    }

    private void oneOf(String value, FieldPath path, List<String> supported) {
        if (value.isEmpty()) {
            errors.required(path);
        } else if (!supported.contains(value)) {
            errors.notSupported(path, value, supported);
        }
    }

    private void claims(JsonNode container, FieldPath path) {
        Set<String> seen = new HashSet<>();
        List<JsonNode> used = Tree.items(container, "resources", "claims");
        for (int i = 0; i < used.size(); i++) {
            String name = Tree.text(used.get(i), "name");
            String request = Tree.text(used.get(i), "request");
            FieldPath at = path.index(i);
            if (name.isEmpty()) {
                errors.required(at);
                continue;
            }
            String key = request.isEmpty() ? name : name + "/" + request;
            if (!request.isEmpty()) {
                errors.invalidEach(at.child("request"), request, ObjectNames.dns1123Label(request));
            }
            if (!seen.add(key)) {
                errors.duplicate(at, key);
            }
            if (!claims.contains(name)) {
                errors.notFound(
                        at,
                        name,
                        "must be one of the names in pod.spec.resourceClaims"
                                + (claims.isEmpty() ? " which is empty" : ": " + String.join(", ", claims)));
            }
        }
    }

    private void ports(List<JsonNode> ports, FieldPath path) {
        Set<String> portNames = new HashSet<>();
        for (int i = 0; i < ports.size(); i++) {
            JsonNode port = ports.get(i);
            FieldPath at = path.index(i);
            String name = Tree.text(port, "name");
            if (!name.isEmpty()) {
                List<String> wrong = ObjectNames.portName(name);
                errors.invalidEach(at.child("name"), name, wrong);
                if (wrong.isEmpty() && !portNames.add(name)) {
                    errors.duplicate(at.child("name"), name);
                }
            }
            long number = Tree.number(port, "containerPort");
            if (number == 0) {
                errors.required(at.child("containerPort"));
            } else {
                errors.invalidEach(at.child("containerPort"), number, ObjectNames.portNumber(number));
            }
            long hostPort = Tree.number(port, "hostPort");
            if (hostPort != 0) {
                errors.invalidEach(at.child("hostPort"), hostPort, ObjectNames.portNumber(hostPort));
            }
            Rules.requiredOneOf(port, at, "protocol", Rules.PROTOCOLS, errors);
        }
    }

    private void hostPorts(JsonNode container, FieldPath at, Set<String> taken) {
        List<JsonNode> ports = Tree.items(container, "ports");
        for (int i = 0; i < ports.size(); i++) {
            hostPort(ports.get(i), at.child("ports").index(i), taken);
        }
    }

    private void hostPort(JsonNode port, FieldPath at, Set<String> taken) {
        long hostPort = Tree.number(port, "hostPort");
        if (hostPort == 0) {
            return;
        }
        String key = Tree.text(port, "protocol") + "/" + Tree.text(port, "hostIP") + "/" + hostPort;
        if (!taken.add(key)) {
            errors.duplicate(at.child("hostPort"), key);
        }
        if (hostNetwork && hostPort != Tree.number(port, "containerPort")) {
            errors.invalid(at.child("hostPort"), hostPort, "must match `containerPort` when `hostNetwork` is true");
        }
    }

    private void env(JsonNode variable, FieldPath at) {
        String name = Tree.text(variable, "name");
        if (name.isEmpty()) {
            errors.required(at.child("name"));
        } else {
            errors.invalidEach(at.child("name"), name, ObjectNames.envVarName(name));
        }
        if (!variable.hasNonNull("valueFrom")) {
            return;
        }
        JsonNode source = variable.path("valueFrom");
        FieldPath from = at.child("valueFrom");
        int given = 0;
        for (String kind : ENV_SOURCES) {
            if (source.hasNonNull(kind)) {
                given++;
                envSource(kind, source.path(kind), from.child(kind));
            }
        }
        if (given == 0) {
            errors.invalid(
                    from,
                    "",
                    "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or"
                            + " `fileKeyRef`");
        } else if (!Tree.text(variable, "value").isEmpty()) {
            errors.invalid(from, "", "may not be specified when `value` is not empty");
        } else if (given > 1) {
            errors.invalid(from, "", "may not have more than one field specified at a time");
        }
    }

    private void envSource(String kind, JsonNode source, FieldPath at) {
        switch (kind) {
            case "fieldRef" -> fieldRef(source, at);
            case "resourceFieldRef" -> resourceFieldRef(source, at, errors);
            case "configMapKeyRef", "secretKeyRef" -> {
                Rules.requiredText(source, at, errors, "name");
                String key = Tree.text(source, "key");
                if (key.isEmpty()) {
                    errors.required(at.child("key"));
                } else {
                    errors.invalidEach(at.child("key"), key, ObjectNames.configMapKey(key));
                }
            }
            default -> Rules.requiredText(source, at, errors, "volumeName", "path", "key");
        }
    }

    private void fieldRef(JsonNode source, FieldPath at) {
        String path = Tree.text(source, "fieldPath");
        Rules.requiredText(source, at, errors, "apiVersion");
        if (path.isEmpty()) {
            errors.required(at.child("fieldPath"));
        } else if (!ENV_FIELDS.contains(path) && !path.matches("metadata\\.(labels|annotations)\\['.+']")) {
            if (Set.of("metadata.labels", "metadata.annotations", "status.phase", "spec.restartPolicy")
                    .contains(path)) {
                errors.notSupported(
                        at.child("fieldPath"),
                        path,
                        ENV_FIELDS.stream().sorted().toList());
            } else {
                errors.invalid(
                        at.child("fieldPath"), path, "error converting fieldPath: field label not supported: " + path);
            }
        }
    }

    static void resourceFieldRef(JsonNode source, FieldPath at, FieldErrors errors) {
        String resource = Tree.text(source, "resource");
        if (resource.isEmpty()) {
            errors.required(at.child("resource"));
        } else if (!resource.matches("(limits|requests)\\.(cpu|memory|ephemeral-storage|hugepages-.+)")) {
            errors.notSupported(
                    at.child("resource"),
                    resource,
                    List.of(
                            "limits.cpu",
                            "limits.ephemeral-storage",
                            "limits.memory",
                            "requests.cpu",
                            "requests.ephemeral-storage",
                            "requests.memory"));
        }
    }

    private void envFrom(JsonNode source, FieldPath at) {
        String prefix = Tree.text(source, "prefix");
        if (!prefix.isEmpty()) {
            errors.invalidEach(at.child("prefix"), prefix, ObjectNames.envVarName(prefix));
        }
        int given = 0;
        for (String kind : List.of("configMapRef", "secretRef")) {
            if (source.hasNonNull(kind)) {
                given++;
                Rules.requiredText(source.path(kind), at.child(kind), errors, "name");
            }
        }
        if (given == 0) {
            errors.invalid(at, "", "must specify one of: `configMapRef` or `secretRef`");
        } else if (given > 1) {
            errors.invalid(at, "", "may not have more than one field specified at a time");
        }
    }

    private void lifecycle(JsonNode container, FieldPath at) {
        for (String hook : List.of("postStart", "preStop")) {
            JsonNode handler = Tree.at(container, "lifecycle", hook);
            if (handler.isObject()) {
                handler(handler, at.child("lifecycle", hook));
            }
        }
    }

    private void probes(JsonNode container, FieldPath at) {
        for (String name : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
            JsonNode probe = container.path(name);
            if (!probe.isObject()) {
                continue;
            }
            FieldPath here = at.child(name);
            handler(probe, here);
            Rules.notNegative(
                    probe,
                    here,
                    errors,
                    "initialDelaySeconds",
                    "timeoutSeconds",
                    "periodSeconds",
                    "successThreshold",
                    "failureThreshold");
            if (probe.hasNonNull("terminationGracePeriodSeconds")) {
                if (Tree.number(probe, "terminationGracePeriodSeconds") <= 0) {
                    errors.invalid(
                            here.child("terminationGracePeriodSeconds"),
                            Tree.number(probe, "terminationGracePeriodSeconds"),
                            "must be greater than 0");
                }
                if (name.equals("readinessProbe")) {
                    errors.invalid(
                            here.child("terminationGracePeriodSeconds"),
                            Tree.number(probe, "terminationGracePeriodSeconds"),
                            "must not be set for readinessProbes");
                }
            }
            if (!name.equals("readinessProbe") && Tree.number(probe, "successThreshold") != 1) {
                errors.invalid(here.child("successThreshold"), Tree.number(probe, "successThreshold"), "must be 1");
            }
        }
    }

    private void handler(JsonNode handler, FieldPath at) {
        int given = 0;
        for (String kind : HANDLERS) {
            if (!handler.hasNonNull(kind)) {
                continue;
            }
            if (++given > 1) {
                errors.forbidden(at.child(kind), "may not specify more than 1 handler type");
                continue;
            }
            JsonNode action = handler.path(kind);
            FieldPath here = at.child(kind);
            switch (kind) {
                case "exec" -> {
                    if (Tree.items(action, "command").isEmpty()) {
                        errors.required(here.child("command"));
                    }
                }
                case "httpGet" -> {
                    Rules.requiredText(action, here, errors, "path");
                    Rules.port(IntOrString.from(action.get("port")), here.child("port"), errors);
                    Rules.oneOf(action, here, "scheme", List.of("HTTP", "HTTPS"), errors);
                    for (JsonNode header : Tree.items(action, "httpHeaders")) {
                        String name = Tree.text(header, "name");
                        if (!name.matches("[-A-Za-z0-9]+")) {
                            errors.invalid(
                                    here.child("httpHeaders"),
                                    name,
                                    "a valid HTTP header must consist of alphanumeric characters or '-' (e.g."
                                            + " 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')");
                        }
                    }
                }
                case "tcpSocket" -> Rules.port(IntOrString.from(action.get("port")), here.child("port"), errors);
                case "grpc" -> {
                    long port = Tree.number(action, "port");
                    errors.invalidEach(here.child("port"), port, ObjectNames.portNumber(port));
                }
                default -> sleep(action, here);
            }
        }
        if (given == 0) {
            errors.required(at, "must specify a handler type");
        }
    }

    private void sleep(JsonNode action, FieldPath at) {
        long seconds = Tree.number(action, "seconds");
        if (gracePeriod != null && (seconds < 0 || seconds > gracePeriod)) {
            errors.invalid(
                    at,
                    seconds,
                    "must be non-negative and less than terminationGracePeriodSeconds (" + gracePeriod + ")");
        }
    }
}
