package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules of what is asked for in ResourceClaims and their templates: requests, constraints, configuration. */
final class DeviceClaimRules {
    static final int MOST = 32;
    private static final int MOST_ALTERNATIVES = 8;
    private static final int MOST_EXPRESSION = 10 * 1024;
    private static final String NO_REQUEST =
            "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";

    private final ValidationOptions options;
    private final FieldErrors errors;

    DeviceClaimRules(ValidationOptions options, FieldErrors errors) {
        this.options = options;
        this.errors = errors;
    }

    void claim(JsonNode devices, FieldPath path) {
        Map<String, Set<String>> names = requestNames(devices);
        DeviceRules.set(devices, "requests", MOST, DeviceRules::name, path, errors, this::request);
        DeviceRules.list(devices, "constraints", MOST, path, errors, (constraint, at) -> {
            requests(constraint, names, at);
            if (constraint.hasNonNull("matchAttribute")) {
                DeviceRules.fullyQualifiedName(
                        Tree.text(constraint, "matchAttribute"), at.child("matchAttribute"), errors);
            } else if (constraint.hasNonNull("distinctAttribute")) {
                DeviceRules.fullyQualifiedName(
                        Tree.text(constraint, "distinctAttribute"), at.child("distinctAttribute"), errors);
            } else {
                // Upstream's text speaks of many where there are none.
                errors.required(
                        at,
                        "exactly one of \"matchAttribute\" or \"distinctAttribute\" is required, but multiple fields are"
                                + " set");
            }
        });
        DeviceRules.list(devices, "config", MOST, path, errors, (config, at) -> {
            requests(config, names, at);
            configuration(config, at);
        });
    }

    /** The names of the requests, each with those of its alternatives. */
    static Map<String, Set<String>> requestNames(JsonNode devices) {
        Map<String, Set<String>> names = new HashMap<>();
        for (JsonNode request : Tree.items(devices, "requests")) {
            Set<String> alternatives = new HashSet<>();
            Tree.items(request, "firstAvailable").forEach(each -> alternatives.add(DeviceRules.name(each)));
            names.put(DeviceRules.name(request), alternatives);
        }
        return names;
    }

    private void request(JsonNode request, FieldPath path) {
        DeviceRules.label(request, "name", path, errors);
        boolean alternatives = !Tree.items(request, "firstAvailable").isEmpty();
        boolean exactly = request.hasNonNull("exactly");
        if (!alternatives && !exactly) {
            errors.required(path, "exactly one of `exactly` or `firstAvailable` is required");
        } else if (alternatives && exactly) {
            errors.invalid(
                    path,
                    null,
                    "exactly one of `exactly` or `firstAvailable` is required, but multiple fields are set");
        } else if (exactly) {
            wanted(request.path("exactly"), path.child("exactly"));
        } else {
            DeviceRules.set(
                    request,
                    "firstAvailable",
                    MOST_ALTERNATIVES,
                    DeviceRules::name,
                    path,
                    errors,
                    (alternative, at) -> {
                        DeviceRules.label(alternative, "name", at, errors);
                        wanted(alternative, at);
                    });
        }
    }

    private void wanted(JsonNode request, FieldPath path) {
        String deviceClass = Tree.text(request, "deviceClassName");
        if (deviceClass.isEmpty()) {
            errors.required(path.child("deviceClassName"));
        } else {
            errors.invalidEach(path.child("deviceClassName"), deviceClass, ObjectNames.dns1123Subdomain(deviceClass));
        }
        selectors(request, path, true);
        String mode = Tree.text(request, "allocationMode");
        long count = Tree.number(request, "count");
        switch (mode) {
            case "All" -> {
                if (count != 0) {
                    errors.invalid(path.child("count"), count, "must not be specified when allocationMode is 'All'");
                }
            }
            case "ExactCount" -> {
                if (count <= 0) {
                    errors.invalid(path.child("count"), count, "must be greater than zero");
                }
            }
            default -> errors.notSupported(path.child("allocationMode"), mode, List.of("All", "ExactCount"));
        }
        DeviceRules.tolerations(request, path, errors);
    }

    /** @param fresh whether the expressions are new; those that are stored were good once */
    void selectors(JsonNode owner, FieldPath path, boolean fresh) {
        DeviceRules.list(owner, "selectors", MOST, path, errors, (selector, at) -> {
            if (!selector.hasNonNull("cel")) {
                errors.required(at.child("cel"));
            } else if (fresh) {
                expression(Tree.text(selector, "cel", "expression"), at.child("cel", "expression"));
            }
        });
    }

    private void expression(String text, FieldPath path) {
        if (MetaValidation.bytes(text) > MOST_EXPRESSION) {
            errors.tooLong(path, MOST_EXPRESSION);
            return;
        }
        SelectorCheck.Problem problem = options.selectors().check(text);
        if (problem != null && problem.cost()) {
            errors.forbidden(path, problem.message());
        } else if (problem != null) {
            errors.invalid(path, text, problem.message());
        }
    }

    /** The requests something is for: all when it names none. */
    void requests(JsonNode owner, Map<String, Set<String>> names, FieldPath path) {
        DeviceRules.set(
                owner,
                "requests",
                MOST,
                name -> name.asText(""),
                path,
                errors,
                (name, at) -> requestReference(name.asText(""), names, at));
    }

    void requestReference(String name, Map<String, Set<String>> names, FieldPath path) {
        String[] segments = name.split("/", -1);
        if (segments.length > 2) {
            errors.invalid(path, name, NO_REQUEST);
            return;
        }
        for (String segment : segments) {
            errors.invalidEach(path, segment, ObjectNames.dns1123Label(segment));
        }
        Set<String> alternatives = names.get(segments[0]);
        if (alternatives == null || (segments.length == 2 && !alternatives.contains(segments[1]))) {
            errors.invalid(path, name, NO_REQUEST);
        }
    }

    void configuration(JsonNode config, FieldPath path) {
        if (!config.hasNonNull("opaque")) {
            errors.required(path.child("opaque"));
            return;
        }
        JsonNode opaque = config.path("opaque");
        FieldPath at = path.child("opaque");
        StorageValidation.driverName(Tree.text(opaque, "driver"), at.child("driver"), errors);
        DeviceRules.parameters(opaque, "parameters", at, errors);
    }
}
