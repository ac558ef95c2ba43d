package io.kvorum.gateway.control;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.BackendObjectReference;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPBackendRef;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPHeader;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPHeaderFilter;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPPathModifier;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRequestMirrorFilter;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRequestRedirectFilter;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRouteFilter;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRouteMatch;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRouteRule;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRouteTimeouts;
import io.kvorum.api.GatewayDuration;
import io.kvorum.client.ObjectKey;
import io.kvorum.gateway.routing.Backend;
import io.kvorum.gateway.routing.Filters;
import io.kvorum.gateway.routing.HeaderChange;
import io.kvorum.gateway.routing.Mirror;
import io.kvorum.gateway.routing.PathChange;
import io.kvorum.gateway.routing.PathMatch;
import io.kvorum.gateway.routing.Redirect;
import io.kvorum.gateway.routing.RouteMatch;
import io.kvorum.gateway.routing.Rule;
import io.kvorum.gateway.routing.ServicePortRef;
import io.kvorum.gateway.routing.ValueMatch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Turns the rules of one route into what the data plane runs, and notes which references do not resolve. */
final class RouteCompiler {
    private final Cluster cluster;
    private final References references;
    private final HTTPRoute route;
    private final String namespace;
    private final Set<ServicePortRef> services = new HashSet<>();
    private @Nullable Condition unresolved;
    private @Nullable Condition notAccepted;

    /**
     * @param services every port of a service that the rules send requests to
     * @param resolvedRefs the condition of that name
     * @param notAccepted why the rules cannot be served at all; null when they can
     */
    record Compiled(
            List<Rule> rules,
            Set<ServicePortRef> services,
            Condition resolvedRefs,
            @Nullable Condition notAccepted) {}

    private RouteCompiler(Cluster cluster, References references, HTTPRoute route) {
        this.cluster = cluster;
        this.references = references;
        this.route = route;
        this.namespace = route.getMetadata().getNamespace();
    }

    static Compiled compile(Cluster cluster, References references, HTTPRoute route) {
        return new RouteCompiler(cluster, references, route).run();
    }

    private Compiled run() {
        List<Rule> rules = new ArrayList<>();
        for (HTTPRouteRule rule : route.getSpec().getRules()) {
            try {
                rules.add(rule(rule));
            } catch (PatternSyntaxException e) {
                notAccepted = condition("Accepted", "UnsupportedValue", "not a regular expression: " + e.getMessage());
            }
        }
        Condition resolved = unresolved == null
                ? Conditions.condition("ResolvedRefs", true, "ResolvedRefs", "", generation())
                : unresolved;
        return new Compiled(rules, services, resolved, notAccepted);
    }

    private @Nullable Long generation() {
        return route.getMetadata().getGeneration();
    }

    private Condition condition(String type, String reason, String message) {
        return Conditions.condition(type, false, reason, message, generation());
    }

    private Rule rule(HTTPRouteRule rule) {
        List<RouteMatch> matches =
                rule.getMatches().stream().map(RouteCompiler::match).toList();
        List<Backend> backends = new ArrayList<>();
        for (HTTPBackendRef ref : rule.getBackendRefs()) {
            backends.add(new Backend(
                    service(ref.getGroup(), ref.getKind(), ref.getNamespace(), ref.getName(), ref.getPort()),
                    ref.getWeight() == null ? 1 : ref.getWeight(),
                    filters(ref.getFilters())));
        }
        @Nullable HTTPRouteTimeouts timeouts = rule.getTimeouts();
        return new Rule(
                ObjectKey.of(route).toString(),
                matches.isEmpty() ? List.of(RouteMatch.ANY) : matches,
                filters(rule.getFilters()),
                backends,
                GatewayDuration.parse(timeouts == null ? null : timeouts.getRequest()),
                GatewayDuration.parse(timeouts == null ? null : timeouts.getBackendRequest()));
    }

    private static RouteMatch match(HTTPRouteMatch match) {
        PathMatch path = new PathMatch.Prefix("/");
        if (match.getPath() != null) {
            String value = Names.orElse(match.getPath().getValue(), "/");
            path = switch (Names.orElse(match.getPath().getType(), "PathPrefix")) {
                case "Exact" -> new PathMatch.Exact(value);
                case "RegularExpression" -> new PathMatch.Regular(Pattern.compile(value));
                default -> new PathMatch.Prefix(value);
            };
        }
        return new RouteMatch(
                path,
                match.getMethod(),
                match.getHeaders().stream()
                        .map(header -> value(header.getType(), header.getName(), header.getValue()))
                        .toList(),
                match.getQueryParams().stream()
                        .map(parameter -> value(parameter.getType(), parameter.getName(), parameter.getValue()))
                        .toList());
    }

    private static ValueMatch value(@Nullable String type, String name, String value) {
        return "RegularExpression".equals(type) ? ValueMatch.regular(name, value) : ValueMatch.exact(name, value);
    }

    private Filters filters(List<HTTPRouteFilter> filters) {
        List<HeaderChange> request = new ArrayList<>();
        List<HeaderChange> response = new ArrayList<>();
        List<Mirror> mirrors = new ArrayList<>();
        @Nullable Redirect redirect = null;
        @Nullable String host = null;
        @Nullable PathChange path = null;
        boolean broken = false;
        for (HTTPRouteFilter filter : filters) {
            switch (filter.getType()) {
                case "RequestHeaderModifier" -> request.add(change(filter.getRequestHeaderModifier()));
                case "ResponseHeaderModifier" -> response.add(change(filter.getResponseHeaderModifier()));
                case "RequestMirror" -> mirrors.add(mirror(filter.getRequestMirror()));
                case "RequestRedirect" -> redirect = redirect(filter.getRequestRedirect());
                case "URLRewrite" -> {
                    host = filter.getUrlRewrite().getHostname();
                    path = path(filter.getUrlRewrite().getPath());
                }
                default -> {
                    broken = true;
                    notAccepted = condition(
                            "Accepted", "UnsupportedValue", "filters of type " + filter.getType() + " are not known");
                }
            }
        }
        return new Filters(request, response, mirrors, redirect, host, path, broken);
    }

    private static HeaderChange change(HTTPHeaderFilter filter) {
        return new HeaderChange(pairs(filter.getSet()), pairs(filter.getAdd()), filter.getRemove());
    }

    private static List<Map.Entry<String, String>> pairs(List<HTTPHeader> headers) {
        return headers.stream()
                .map(header -> Map.entry(header.getName(), Names.orElse(header.getValue(), "")))
                .toList();
    }

    private Mirror mirror(HTTPRequestMirrorFilter filter) {
        BackendObjectReference ref = filter.getBackendRef();
        @Nullable
        ServicePortRef service =
                service(ref.getGroup(), ref.getKind(), ref.getNamespace(), ref.getName(), ref.getPort());
        if (filter.getFraction() != null) {
            @Nullable Integer denominator = filter.getFraction().getDenominator();
            return new Mirror(service, filter.getFraction().getNumerator(), denominator == null ? 100 : denominator);
        }
        return new Mirror(service, filter.getPercent() == null ? 100 : filter.getPercent(), 100);
    }

    private static Redirect redirect(HTTPRequestRedirectFilter filter) {
        return new Redirect(
                filter.getScheme(),
                filter.getHostname(),
                filter.getPort(),
                path(filter.getPath()),
                filter.getStatusCode() == null ? 302 : filter.getStatusCode());
    }

    private static @Nullable PathChange path(@Nullable HTTPPathModifier modifier) {
        if (modifier == null) {
            return null;
        }
        boolean prefix = "ReplacePrefixMatch".equals(modifier.getType());
        return new PathChange(
                prefix, Names.orElse(prefix ? modifier.getReplacePrefixMatch() : modifier.getReplaceFullPath(), ""));
    }

    /** The service a reference means; null, with a note why, when it does not resolve. */
    private @Nullable ServicePortRef service(
            @Nullable String group,
            @Nullable String kind,
            @Nullable String other,
            String name,
            @Nullable Integer port) {
        String where = Names.orElse(other, namespace);
        String what = where + "/" + name;
        if (!Names.orElse(group, "").isEmpty() || !Names.orElse(kind, "Service").equals("Service")) {
            unresolved = condition(
                    "ResolvedRefs", "InvalidKind", "backends of kind " + kind + " are not known; use Service");
            return null;
        }
        if (!references.permitted("HTTPRoute", namespace, "Service", where, name)) {
            unresolved = condition(
                    "ResolvedRefs",
                    "RefNotPermitted",
                    "no ReferenceGrant in " + where + " permits the reference to " + what);
            return null;
        }
        @Nullable Service service = cluster.service(new ObjectKey(where, name));
        if (service == null) {
            unresolved = condition("ResolvedRefs", "BackendNotFound", "service " + what + " was not found");
            return null;
        }
        int wanted = port == null ? 0 : port;
        if (service.getSpec().getPorts().stream().noneMatch(p -> p.getPort() == wanted)) {
            unresolved = condition("ResolvedRefs", "BackendNotFound", "service " + what + " has no port " + wanted);
            return null;
        }
        ServicePortRef ref = new ServicePortRef(where, name, wanted);
        services.add(ref);
        return ref;
    }
}
