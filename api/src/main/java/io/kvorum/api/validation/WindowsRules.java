package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.List;
import java.util.regex.Pattern;

/** The rules of {@code windowsOptions}, of pods and of containers. */
final class WindowsRules {
    private static final int MOST_CREDENTIAL_KIB = 64;
    private static final int DOMAIN_LIMIT = 256;
    private static final int MOST_USER = 104;
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
    private static final Pattern NET_BIOS = Pattern.compile("[^\\\\/:*?\"<>|.][^\\\\/:*?\"<>|]{0,14}");
    private static final String LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";
    private static final Pattern DNS = Pattern.compile(LABEL + "(?:\\." + LABEL + ")*");
    private static final Pattern BAD_USER = Pattern.compile("[\"/\\\\:;|=,+*?<>@\\[\\]]");
    private static final Pattern DOTS_AND_SPACES = Pattern.compile("[. ]+");

    private WindowsRules() {}

    /** @param path of the options */
    static void options(JsonNode options, FieldPath path, FieldErrors errors) {
        if (!options.isObject()) {
            return;
        }
        if (options.hasNonNull("gmsaCredentialSpecName")) {
            String name = Tree.text(options, "gmsaCredentialSpecName");
            errors.invalidEach(path.child("gmsaCredentialSpecName"), name, ObjectNames.dns1123Subdomain(name));
        }
        if (options.hasNonNull("gmsaCredentialSpec")) {
            String credential = Tree.text(options, "gmsaCredentialSpec");
            if (credential.isEmpty()) {
                errors.invalid(path.child("gmsaCredentialSpec"), "", "gmsaCredentialSpec cannot be an empty string");
            } else if (MetaValidation.bytes(credential) > MOST_CREDENTIAL_KIB << 10) {
                errors.invalid(
                        path.child("gmsaCredentialSpec"),
                        credential,
                        "gmsaCredentialSpec size must be under " + MOST_CREDENTIAL_KIB + " KiB");
            }
        }
        if (options.hasNonNull("runAsUserName")) {
            user(Tree.text(options, "runAsUserName"), path.child("runAsUserName"), errors);
        }
    }

    private static void user(String name, FieldPath path, FieldErrors errors) {
        if (name.isEmpty()) {
            errors.invalid(path, name, "runAsUserName cannot be an empty string");
            return;
        }
        if (CONTROL.matcher(name).find()) {
            errors.invalid(path, name, "runAsUserName cannot contain control characters");
            return;
        }
        String[] parts = name.split("\\\\", -1);
        if (parts.length > 2) {
            errors.invalid(path, name, "runAsUserName cannot contain more than one backslash");
            return;
        }
        if (parts.length == 2) {
            domain(name, parts[0], path, errors);
        }
        String user = parts[parts.length - 1];
        if (user.isEmpty()) {
            errors.invalid(path, name, "runAsUserName's User cannot be empty");
        } else if (MetaValidation.bytes(user) > MOST_USER) {
            errors.invalid(
                    path, name, "runAsUserName's User length must not be longer than " + MOST_USER + " characters");
        }
        if (DOTS_AND_SPACES.matcher(user).matches()) {
            errors.invalid(path, name, "runAsUserName's User cannot contain only periods or spaces");
        }
        if (BAD_USER.matcher(user).find()) {
            errors.invalid(
                    path, name, "runAsUserName's User cannot contain the following characters: \"/\\:;|=,+*?<>@[]");
        }
    }

    private static void domain(String name, String domain, FieldPath path, FieldErrors errors) {
        if (MetaValidation.bytes(domain) >= DOMAIN_LIMIT) {
            errors.invalid(path, name, "runAsUserName's Domain length must be under " + DOMAIN_LIMIT + " characters");
        }
        if (!NET_BIOS.matcher(domain).matches() && !DNS.matcher(domain).matches()) {
            errors.invalid(path, name, "runAsUserName's Domain doesn't match the NetBios nor the DNS format");
        }
    }

    /** Containers that are processes of their node: all of a pod's or none, and in the node's network. */
    static void hostProcess(JsonNode spec, FieldPath path, FieldErrors errors) {
        JsonNode ofPod = Tree.at(spec, "securityContext", "windowsOptions", "hostProcess");
        int all = 0;
        int onHost = 0;
        for (String list : List.of("initContainers", "containers", "ephemeralContainers")) {
            List<JsonNode> containers = Tree.items(spec, list);
            for (int i = 0; i < containers.size(); i++) {
                JsonNode own = Tree.at(containers.get(i), "securityContext", "windowsOptions", "hostProcess");
                if (ofPod.isBoolean() && own.isBoolean() && ofPod.asBoolean() != own.asBoolean()) {
                    errors.invalid(
                            path.child(list).index(i).child("securityContext", "windowsOptions", "hostProcess"),
                            own,
                            "pod hostProcess value must be identical if both are specified, was " + ofPod.asBoolean());
                }
                all++;
                onHost += (own.isBoolean() ? own : ofPod).asBoolean() ? 1 : 0;
            }
        }
        if (onHost == 0) {
            return;
        }
        if (onHost != all) {
            errors.invalid(
                    path,
                    "",
                    "If pod contains any hostProcess containers then all containers must be HostProcess containers");
        }
        if (!Tree.flag(spec, "hostNetwork")) {
            errors.invalid(
                    path.child("hostNetwork"),
                    false,
                    "hostNetwork must be true if pod contains any hostProcess containers");
        }
    }
}
