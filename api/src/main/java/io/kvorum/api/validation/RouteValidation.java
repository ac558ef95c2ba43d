package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.GatewayDuration;
import io.kvorum.api.Tree;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The rules of HTTPRoute, as the Gateway API's custom resource definition states them. */
final class RouteValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+\\-.^_|~]+");
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,5}(h|ms|m|s)){1,4}");
    private static final List<String> METHODS =
            List.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");
    private static final Map<String, String> FILTER_FIELDS = Map.of(
            "RequestHeaderModifier", "requestHeaderModifier",
            "ResponseHeaderModifier", "responseHeaderModifier",
            "RequestMirror", "requestMirror",
            "RequestRedirect", "requestRedirect",
            "URLRewrite", "urlRewrite",
            "ExtensionRef", "extensionRef");
    private static final List<String> FILTER_TYPES = List.of(
            "RequestHeaderModifier",
            "ResponseHeaderModifier",
            "RequestMirror",
            "RequestRedirect",
            "URLRewrite",
            "ExtensionRef");

    private RouteValidation() {}

    static final KindValidation ROUTE = (route, options, errors) -> {
        GatewayValidation.schema(GatewayValidation.V1, "HTTPRoute", route, errors);
        JsonNode spec = route.path("spec");
        atMost(spec, SPEC, "parentRefs", 32, errors);
        atMost(spec, SPEC, "hostnames", 16, errors);
        List<String> hostnames = Tree.texts(spec, "hostnames");
        for (int i = 0; i < hostnames.size(); i++) {
            GatewayValidation.hostname(hostnames.get(i), SPEC.child("hostnames").index(i), errors);
        }
        atMost(spec, SPEC, "rules", 16, errors);
        List<JsonNode> rules = Tree.items(spec, "rules");
        if (rules.isEmpty()) {
            errors.invalid(SPEC.child("rules"), 0, "should have at least 1 items");
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < rules.size(); i++) {
            String name = Tree.text(rules.get(i), "name");
            if (!name.isEmpty() && !names.add(name)) {
                errors.invalid(SPEC.child("rules"), "array", "Rule name must be unique within the route");
            }
            rule(rules.get(i), SPEC.child("rules").index(i), errors);
        }
    };

    private static void atMost(JsonNode owner, FieldPath at, String field, int most, FieldErrors errors) {
        int count = Tree.items(owner, field).size();
        if (count > most) {
            errors.tooMany(at.child(field), count, most);
        }
    }

    private static void rule(JsonNode rule, FieldPath at, FieldErrors errors) {
        atMost(rule, at, "matches", 64, errors);
        atMost(rule, at, "filters", 16, errors);
        atMost(rule, at, "backendRefs", 16, errors);
        List<JsonNode> matches = Tree.items(rule, "matches");
        for (int i = 0; i < matches.size(); i++) {
            match(matches.get(i), at.child("matches").index(i), errors);
        }
        boolean onePrefix =
                matches.size() == 1 && Tree.text(matches.get(0), "path", "type").equals("PathPrefix");
        filters(rule, at, onePrefix, errors);
        List<JsonNode> backends = Tree.items(rule, "backendRefs");
        for (int i = 0; i < backends.size(); i++) {
            FieldPath path = at.child("backendRefs").index(i);
            backend(backends.get(i), path, errors);
            long weight = Tree.number(backends.get(i), "weight");
            if (weight < 0 || weight > 1_000_000) {
                errors.invalid(path.child("weight"), weight, "must be between 0 and 1000000, inclusive");
            }
            filters(backends.get(i), path, onePrefix, errors);
        }
        if (!backends.isEmpty() && types(rule).contains("RequestRedirect")) {
            errors.invalid(at, "object", "RequestRedirect filter must not be used together with backendRefs");
        }
        timeouts(rule.path("timeouts"), at.child("timeouts"), errors);
    }

    private static void match(JsonNode match, FieldPath at, FieldErrors errors) {
        JsonNode path = match.path("path");
        String type = Tree.text(path, "type");
        String value = Tree.text(path, "value");
        Rules.oneOf(path, at.child("path"), "type", List.of("Exact", "PathPrefix", "RegularExpression"), errors);
        if (type.equals("RegularExpression")) {
            regex(value, at.child("path", "value"), errors);
        } else {
            absolute(value, at.child("path"), errors);
        }
        Rules.oneOf(match, at, "method", METHODS, errors);
        for (String field : List.of("headers", "queryParams")) {
            atMost(match, at, field, 16, errors);
            List<JsonNode> conditions = Tree.items(match, field);
            for (int i = 0; i < conditions.size(); i++) {
                FieldPath here = at.child(field).index(i);
                Rules.oneOf(conditions.get(i), here, "type", List.of("Exact", "RegularExpression"), errors);
                headerName(conditions.get(i), here, errors);
                if (Tree.text(conditions.get(i), "type").equals("RegularExpression")) {
                    regex(Tree.text(conditions.get(i), "value"), here.child("value"), errors);
                }
            }
        }
    }

    private static void absolute(String value, FieldPath at, FieldErrors errors) {
        if (!value.startsWith("/")) {
            errors.invalid(
                    at,
                    "object",
                    "value must be an absolute path and start with '/' when type one of ['Exact', 'PathPrefix']");
        }
        for (String part : List.of("//", "/./", "/../", "%2f", "%2F", "#")) {
            if (value.contains(part)) {
                errors.invalid(
                        at, "object", "must not contain '" + part + "' when type one of ['Exact', 'PathPrefix']");
            }
        }
        for (String end : List.of("/..", "/.")) {
            if (value.endsWith(end)) {
                errors.invalid(
                        at, "object", "must not end with '" + end + "' when type one of ['Exact', 'PathPrefix']");
            }
        }
    }

    private static void regex(String value, FieldPath at, FieldErrors errors) {
        try {
            Pattern.compile(value);
        } catch (PatternSyntaxException e) {
            errors.invalid(at, value, "must be a regular expression: " + e.getDescription());
        }
    }

    private static void headerName(JsonNode owner, FieldPath at, FieldErrors errors) {
        String name = Tree.text(owner, "name");
        if (owner.has("name")
                && (name.length() > 256 || !HEADER_NAME.matcher(name).matches())) {
            errors.invalid(at.child("name"), name, "must be 1 to 256 letters, digits or any of !#$%&'*+-.^_|~");
        }
    }

    private static Set<String> types(JsonNode owner) {
        Set<String> types = new HashSet<>();
        Tree.items(owner, "filters").forEach(filter -> types.add(Tree.text(filter, "type")));
        return types;
    }

    private static void filters(JsonNode owner, FieldPath owning, boolean onePrefix, FieldErrors errors) {
        FieldPath path = owning.child("filters");
        List<JsonNode> filters = Tree.items(owner, "filters");
        Set<String> once = new HashSet<>();
        for (int i = 0; i < filters.size(); i++) {
            JsonNode filter = filters.get(i);
            FieldPath at = path.index(i);
            String type = Tree.text(filter, "type");
            Rules.oneOf(filter, at, "type", FILTER_TYPES, errors);
            FILTER_TYPES.forEach(name -> {
                String field = FILTER_FIELDS.getOrDefault(name, "");
                if (name.equals(type) && !filter.hasNonNull(field)) {
                    errors.invalid(at, "object", "filter." + field + " must be specified for " + name + " filter.type");
                } else if (!name.equals(type) && filter.hasNonNull(field)) {
                    errors.invalid(at, "object", "filter." + field + " must be nil if the filter.type is not " + name);
                }
            });
            if (!type.equals("RequestMirror") && !type.equals("ExtensionRef") && !once.add(type)) {
                errors.invalid(path, "array", type + " filter cannot be repeated");
            }
            filter(filter, at, onePrefix, errors);
        }
        if (once.contains("RequestRedirect") && once.contains("URLRewrite")) {
            errors.invalid(
                    path,
                    "array",
                    "May specify either httpRouteFilterRequestRedirect or httpRouteFilterRequestRewrite, but not both");
        }
    }

    private static void filter(JsonNode filter, FieldPath at, boolean onePrefix, FieldErrors errors) {
        for (String field : List.of("requestHeaderModifier", "responseHeaderModifier")) {
            for (String change : List.of("set", "add")) {
                List<JsonNode> headers = Tree.items(filter, field, change);
                for (int i = 0; i < headers.size(); i++) {
                    headerName(headers.get(i), at.child(field, change).index(i), errors);
                }
            }
        }
        if (filter.hasNonNull("requestMirror")) {
            mirror(filter.path("requestMirror"), at.child("requestMirror"), errors);
        }
        JsonNode redirect = filter.path("requestRedirect");
        if (redirect.isObject()) {
            FieldPath here = at.child("requestRedirect");
            Rules.oneOf(redirect, here, "scheme", List.of("http", "https"), errors);
            GatewayValidation.hostname(Tree.text(redirect, "hostname"), here.child("hostname"), errors);
            if (redirect.has("port")) {
                GatewayValidation.port(redirect, here.child("port"), errors);
            }
            if (!Set.of(301L, 302L, 303L, 307L, 308L).contains(Tree.number(redirect, "statusCode"))) {
                errors.notSupported(
                        here.child("statusCode"),
                        Tree.number(redirect, "statusCode"),
                        List.of("301", "302", "303", "307", "308"));
            }
            pathModifier(redirect.path("path"), here.child("path"), onePrefix, errors);
        }
        JsonNode rewrite = filter.path("urlRewrite");
        if (rewrite.isObject()) {
            FieldPath here = at.child("urlRewrite");
            GatewayValidation.hostname(Tree.text(rewrite, "hostname"), here.child("hostname"), errors);
            pathModifier(rewrite.path("path"), here.child("path"), onePrefix, errors);
        }
    }

    private static void mirror(JsonNode mirror, FieldPath at, FieldErrors errors) {
        backend(mirror.path("backendRef"), at.child("backendRef"), errors);
        boolean percent = mirror.hasNonNull("percent");
        JsonNode fraction = mirror.path("fraction");
        if (percent && fraction.isObject()) {
            errors.invalid(at, "object", "Only one of percent or fraction may be specified in HTTPRequestMirrorFilter");
        }
        if (percent && (Tree.number(mirror, "percent") < 0 || Tree.number(mirror, "percent") > 100)) {
            errors.invalid(at.child("percent"), Tree.number(mirror, "percent"), "must be between 0 and 100, inclusive");
        }
        if (fraction.isObject()) {
            long numerator = Tree.number(fraction, "numerator");
            long denominator = Tree.number(fraction, "denominator");
            if (denominator < 1) {
                errors.invalid(
                        at.child("fraction", "denominator"), denominator, "should be greater than or equal to 1");
            }
            if (numerator < 0 || numerator > denominator) {
                errors.invalid(at.child("fraction"), "object", "numerator must be less than or equal to denominator");
            }
        }
    }

    private static void pathModifier(JsonNode path, FieldPath at, boolean onePrefix, FieldErrors errors) {
        if (!path.isObject()) {
            return;
        }
        String type = Tree.text(path, "type");
        Rules.oneOf(path, at, "type", List.of("ReplaceFullPath", "ReplacePrefixMatch"), errors);
        for (String name : List.of("ReplaceFullPath", "ReplacePrefixMatch")) {
            String field = "r" + name.substring(1);
            if (type.equals(name) != path.has(field)) {
                errors.invalid(
                        at, "object", field + " must be specified when type is set to '" + name + "', and only then");
            }
        }
        if (type.equals("ReplacePrefixMatch") && !onePrefix) {
            errors.invalid(
                    at,
                    "object",
                    "When using ReplacePrefixMatch, exactly one match with path type PathPrefix must be specified");
        }
    }

    private static void backend(JsonNode backend, FieldPath at, FieldErrors errors) {
        boolean service = Tree.text(backend, "group").isEmpty()
                && Tree.text(backend, "kind").equals("Service");
        if (service && !backend.hasNonNull("port")) {
            errors.invalid(at, "object", "Must have port for Service reference");
        } else if (backend.hasNonNull("port")) {
            GatewayValidation.port(backend, at.child("port"), errors);
        }
    }

    private static void timeouts(JsonNode timeouts, FieldPath at, FieldErrors errors) {
        boolean good = true;
        for (String field : List.of("request", "backendRequest")) {
            String text = Tree.text(timeouts, field);
            if (timeouts.hasNonNull(field) && !DURATION.matcher(text).matches()) {
                errors.invalid(at.child(field), text, "must be a duration such as 500ms, 10s or 1m30s");
                good = false;
            }
        }
        if (!good || !timeouts.hasNonNull("request") || !timeouts.hasNonNull("backendRequest")) {
            return;
        }
        Duration request = GatewayDuration.parse(Tree.text(timeouts, "request"));
        if (!request.isZero()
                && GatewayDuration.parse(Tree.text(timeouts, "backendRequest")).compareTo(request) > 0) {
            errors.invalid(at, "object", "backendRequest timeout cannot be longer than request timeout");
        }
    }
}
