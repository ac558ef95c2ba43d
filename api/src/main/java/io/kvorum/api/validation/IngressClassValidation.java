package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.List;
import java.util.regex.Pattern;

/** The rules of IngressClasses. */
final class IngressClassValidation implements KindValidation {
    private static final FieldPath CONTROLLER = FieldPath.of("spec", "controller");
    private static final FieldPath PARAMETERS = FieldPath.of("spec", "parameters");
    private static final int MOST_CONTROLLER = 250;
    private static final List<String> SCOPES = List.of("Cluster", "Namespace");
    private static final String PATH = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
    private static final Pattern PATH_PATTERN = Pattern.compile(PATH);

    @Override
    public void create(ObjectNode ingressClass, ValidationOptions options, FieldErrors errors) {
        controller(Tree.text(ingressClass, "spec", "controller"), errors);
        if (Tree.at(ingressClass, "spec", "parameters").isObject()) {
            parameters(Tree.at(ingressClass, "spec", "parameters"), errors);
        }
    }

    @Override
    public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        errors.immutable(
                CONTROLLER,
                TextNode.valueOf(Tree.text(old, "spec", "controller")),
                TextNode.valueOf(Tree.text(next, "spec", "controller")));
        create(next, options, errors);
    }

    private static void controller(String controller, FieldErrors errors) {
        if (controller.isEmpty()) {
            errors.required(CONTROLLER);
            return;
        }
        if (MetaValidation.bytes(controller) > MOST_CONTROLLER) {
            errors.tooLong(CONTROLLER, MOST_CONTROLLER);
        }
        int slash = controller.indexOf('/');
        if (slash <= 0 || slash == controller.length() - 1) {
            errors.invalid(CONTROLLER, controller, "must be a domain-prefixed path (such as \"acme.io/foo\")");
            return;
        }
        String domain = controller.substring(0, slash);
        errors.invalidEach(CONTROLLER, domain, ObjectNames.dns1123Subdomain(domain));
        String path = controller.substring(slash + 1);
        if (!PATH_PATTERN.matcher(path).matches()) {
            errors.invalid(CONTROLLER, path, "Invalid path (regex used for validation is '" + PATH + "')");
        }
    }

    private static void parameters(JsonNode parameters, FieldErrors errors) {
        reference(parameters, PARAMETERS, errors);
        if (!parameters.hasNonNull("scope")) {
            errors.required(PARAMETERS.child("scope"));
            return;
        }
        boolean hasNamespace = parameters.hasNonNull("namespace");
        String namespace = Tree.text(parameters, "namespace");
        switch (Tree.text(parameters, "scope")) {
            case "Namespace" -> {
                if (hasNamespace) {
                    errors.invalidEach(PARAMETERS.child("namespace"), namespace, ObjectNames.dns1123Label(namespace));
                } else {
                    errors.required(PARAMETERS.child("namespace"), "`parameters.scope` is set to 'Namespace'");
                }
            }
            case "Cluster" -> {
                if (hasNamespace) {
                    errors.forbidden(PARAMETERS.child("namespace"), "`parameters.scope` is set to 'Cluster'");
                }
            }
            default -> errors.notSupported(PARAMETERS.child("scope"), Tree.text(parameters, "scope"), SCOPES);
        }
    }

    /** An object by group, kind and name, whatever its kind is. */
    static void reference(JsonNode reference, FieldPath path, FieldErrors errors) {
        if (reference.hasNonNull("apiGroup")) {
            String group = Tree.text(reference, "apiGroup");
            errors.invalidEach(path.child("apiGroup"), group, ObjectNames.dns1123Subdomain(group));
        }
        for (String field : List.of("kind", "name")) {
            String value = Tree.text(reference, field);
            if (value.isEmpty()) {
                errors.required(path.child(field));
            } else {
                errors.invalidEach(path.child(field), value, ObjectNames.pathSegment(value));
            }
        }
    }
}
