package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The rules of a {@code clientConfig}: where a webhook is, by URL or by Service. */
final class HookClientRules {
    /** RFC 3986, appendix B. */
    private static final Pattern PARTS =
            Pattern.compile("(?:(?<scheme>[a-zA-Z][a-zA-Z0-9+.-]*):)?(?://(?<authority>[^/?#]*))?[^?#]*"
                    + "(?:\\?(?<query>[^#]*))?(?:#(?<fragment>.*))?");

    private static final String FORM = "; desired format: https://host[/path]";

    private HookClientRules() {}

    static void check(JsonNode client, FieldPath path, FieldErrors errors) {
        boolean byUrl = client.hasNonNull("url");
        JsonNode service = client.path("service");
        if (byUrl == service.isObject()) {
            errors.required(path, "exactly one of url or service is required");
        } else if (byUrl) {
            url(Tree.text(client, "url"), path.child("url"), errors);
        } else {
            service(service, path.child("service"), errors);
        }
    }

    private static void url(String url, FieldPath path, FieldErrors errors) {
        Matcher parts = PARTS.matcher(url);
        String wrong = malformed(url, parts);
        if (!wrong.isEmpty()) {
            errors.required(path, "url must be a valid URL: parse \"" + url + "\": " + wrong + FORM);
            return;
        }
        String scheme = part(parts, "scheme").toLowerCase(Locale.ROOT);
        if (!scheme.equals("https")) {
            errors.invalid(path, scheme, "'https' is the only allowed URL scheme" + FORM);
        }
        String authority = part(parts, "authority");
        int at = authority.lastIndexOf('@');
        if (authority.substring(at + 1).isEmpty()) {
            errors.invalid(path, "", "host must be provided" + FORM);
        }
        if (at >= 0) {
            errors.invalid(path, authority.substring(0, at), "user information is not permitted in the URL");
        }
        if (!part(parts, "fragment").isEmpty()) {
            errors.invalid(path, part(parts, "fragment"), "fragments are not permitted in the URL");
        }
        if (!part(parts, "query").isEmpty()) {
            errors.invalid(path, part(parts, "query"), "query parameters are not permitted in the URL");
        }
    }

    /** Why it is no URL, in the words of Go's parser; empty when it is one. */
    private static String malformed(String url, Matcher parts) {
        if (url.chars().anyMatch(each -> each < ' ' || each == 0x7f)) {
            return "net/url: invalid control character in URL";
        }
        if (!parts.matches() || url.startsWith(":")) {
            return "missing protocol scheme";
        }
        String authority = part(parts, "authority");
        String host = authority.substring(authority.lastIndexOf('@') + 1);
        if (host.indexOf(' ') >= 0) {
            return "invalid character \" \" in host name";
        }
        int colon = host.indexOf(':', host.lastIndexOf(']') + 1);
        return colon < 0 || host.substring(colon + 1).matches("[0-9]*")
                ? ""
                : "invalid port \"" + host.substring(colon) + "\" after host";
    }

    private static String part(Matcher parts, String name) {
        String part = parts.group(name);
        return part == null ? "" : part;
    }

    private static void service(JsonNode service, FieldPath path, FieldErrors errors) {
        for (String field : List.of("name", "namespace")) {
            if (Tree.text(service, field).isEmpty()) {
                errors.required(path.child(field), "service " + field + " is required");
            }
        }
        long port = Tree.number(service, "port");
        List<String> wrong = ObjectNames.portNumber(port);
        if (!wrong.isEmpty()) {
            errors.invalid(path.child("port"), port, "port is not valid: " + String.join(", ", wrong));
        }
        servicePath(Tree.text(service, "path"), path.child("path"), errors);
    }

    private static void servicePath(String given, FieldPath path, FieldErrors errors) {
        if (given.isEmpty() || given.equals("/")) {
            return;
        }
        if (given.equals("//")) {
            errors.invalid(path, given, "segment[0] may not be empty");
            return;
        }
        if (!given.startsWith("/")) {
            errors.invalid(path, given, "must start with a '/'");
        }
        String rest = given.substring(1);
        String[] steps = (rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest).split("/", -1);
        for (int i = 0; i < steps.length; i++) {
            if (steps[i].isEmpty()) {
                errors.invalid(path, given, "segment[" + i + "] may not be empty");
                continue;
            }
            for (String failure : ObjectNames.dns1123Subdomain(steps[i])) {
                errors.invalid(path, given, "segment[" + i + "]: " + failure);
            }
        }
    }
}
