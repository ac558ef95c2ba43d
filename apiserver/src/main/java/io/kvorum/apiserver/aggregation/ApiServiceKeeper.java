package io.kvorum.apiserver.aggregation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.BuiltinCatalog;
import io.kvorum.api.ResourceCatalog;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.proxy.Forwarder;
import io.kvorum.apiserver.proxy.ServerTrust;
import io.kvorum.apiserver.registry.Registry;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps APIServices: makes those of the groups that this server serves itself and those of custom resources, and says of
 * those of extension API servers whether they are available.
 */
public final class ApiServiceKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(ApiServiceKeeper.class);
    private static final String GROUP = "apiregistration.k8s.io";
    private static final String RESOURCE = "apiservices";
    private static final String MANAGED = "kube-aggregator.kubernetes.io/automanaged";
    private static final String DEFINITIONS = "apiextensions.k8s.io/customresourcedefinitions";
    private static final long TICK_MILLIS = 1_000;
    private static final Duration AGAIN = Duration.ofSeconds(30);
    private static final Duration AGAIN_WHEN_UNAVAILABLE = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final Clock clock;
    private final Registry registry;
    private final WatchCache cache;
    private final ResourceCatalog builtin;
    private final Aggregator aggregator;
    private final ServerTrust trust;
    private final Map<String, Checked> checked = new HashMap<>();
    private boolean running;
    private long timer;

    /** @param facts what was looked at: the APIService's spec, and where its Service leads */
    private record Checked(String facts, Instant next) {}

    public ApiServiceKeeper(
            Vertx vertx,
            Clock clock,
            Registry registry,
            WatchCache cache,
            ResourceCatalog builtin,
            Aggregator aggregator,
            ServerTrust trust) {
        this.vertx = vertx;
        this.clock = clock;
        this.registry = registry;
        this.cache = cache;
        this.builtin = builtin;
        this.aggregator = aggregator;
        this.trust = trust;
    }

    /** Begins; completes when the server's own groups have their APIServices. */
    public Future<Void> start() {
        timer = vertx.setPeriodic(TICK_MILLIS, tick -> tick());
        return own();
    }

    public void stop() {
        vertx.cancelTimer(timer);
    }

    private void tick() {
        if (running) {
            return;
        }
        running = true;
        custom().compose(done -> check()).onComplete(done -> {
            running = false;
            if (done.failed()) {
                LOG.warn("APIServices not kept cause={}", done.cause().toString());
            }
        });
    }

    // ---- those of this server

    private Future<Void> own() {
        Set<String> names = new LinkedHashSet<>();
        List<Future<Void>> made = new ArrayList<>();
        for (ResourceInfo info : builtin.all()) {
            String name = info.version() + "." + info.group();
            // The group of APIServices itself is served before any of them is looked at.
            boolean unseen = !info.group().equals(GROUP) && names.add(name);
            if (unseen && cache.of(Aggregator.STORED).get(name) == null) {
                made.add(create(info.group(), info.version(), "onstart"));
            }
        }
        // The metrics API is part of this server, but not of its catalogue.
        if (cache.of(Aggregator.STORED).get("v1beta1.metrics.k8s.io") == null) {
            made.add(create("metrics.k8s.io", "v1beta1", "onstart"));
        }
        // What this server once served and does no more.
        for (ObjectVersion known : cache.of(Aggregator.STORED).list("")) {
            boolean left = known.labels().getOrDefault(MANAGED, "").equals("onstart")
                    && BuiltinCatalog.load().all().stream()
                            .anyMatch(info -> (info.version() + "." + info.group()).equals(known.path()))
                    && !names.contains(known.path());
            if (left) {
                String uid = Tree.text(known.selectable(), "metadata", "uid");
                made.add(ignoring(registry.delete(GROUP, "v1", RESOURCE, "", known.path(), uid)));
            }
        }
        return Future.all(made).mapEmpty();
    }

    private Future<Void> create(String group, String version, String managed) {
        ObjectNode service = ObjectJson.object();
        service.put("apiVersion", GROUP + "/v1").put("kind", "APIService");
        ObjectNode meta = service.putObject("metadata");
        meta.put("name", version + "." + group);
        meta.putObject("labels").put(MANAGED, managed);
        ObjectNode spec = service.putObject("spec");
        if (!group.isEmpty()) {
            spec.put("group", group);
        }
        spec.put("version", version);
        spec.put("groupPriorityMinimum", ApiServicePriorities.group(group));
        spec.put("versionPriority", ApiServicePriorities.version(group, version));
        return ignoring(registry.create(GROUP, "v1", RESOURCE, service).mapEmpty());
    }

    /** Another API server may have done the same just now. */
    private static Future<Void> ignoring(Future<Void> write) {
        return write.recover(cause -> cause instanceof ApiException refused
                        && (refused.alreadyExists() || refused.conflict() || refused.notFound())
                ? Future.succeededFuture()
                : Future.failedFuture(cause));
    }

    // ---- those of custom resources

    private Future<Void> custom() {
        Set<String> wanted = new HashSet<>();
        for (ObjectVersion definition : cache.of(DEFINITIONS).list("")) {
            JsonNode spec = definition.selectable().path("spec");
            for (JsonNode version : Tree.items(spec, "versions")) {
                if (Tree.flag(version, "served") && established(definition.selectable())) {
                    wanted.add(Tree.text(version, "name") + "." + Tree.text(spec, "group"));
                }
            }
        }
        List<Future<Void>> writes = new ArrayList<>();
        for (ObjectVersion known : cache.of(Aggregator.STORED).list("")) {
            boolean left = known.labels().getOrDefault(MANAGED, "").equals("true") && !wanted.contains(known.path());
            if (left) {
                String uid = Tree.text(known.selectable(), "metadata", "uid");
                writes.add(ignoring(registry.delete(GROUP, "v1", RESOURCE, "", known.path(), uid)));
            }
        }
        for (String name : wanted) {
            if (cache.of(Aggregator.STORED).get(name) == null) {
                int dot = name.indexOf('.');
                writes.add(create(name.substring(dot + 1), name.substring(0, dot), "true"));
            }
        }
        return writes.isEmpty() ? Future.succeededFuture() : Future.all(writes).compose(done -> cache.fresh());
    }

    private static boolean established(JsonNode definition) {
        for (JsonNode condition : Tree.items(definition, "status", "conditions")) {
            if (Tree.text(condition, "type").equals("Established")) {
                return Tree.text(condition, "status").equals("True");
            }
        }
        return false;
    }

    // ---- those of others

    private Future<Void> check() {
        List<Future<Void>> checks = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (JsonNode service : aggregator.remotes()) {
            String name = Tree.text(service, "metadata", "name");
            names.add(name);
            ServiceEndpoint endpoint = ServiceEndpoint.of(cache, service);
            String facts = service.path("spec").toString() + Tree.text(service, "metadata", "uid") + endpoint;
            Checked before = checked.get(name);
            if (before == null || !before.facts.equals(facts) || !before.next.isAfter(clock.instant())) {
                checks.add(check(name, service, endpoint, facts));
            }
        }
        checked.keySet().retainAll(names);
        trust.retain(names);
        aggregator.retain(names);
        return checks.isEmpty() ? Future.succeededFuture() : Future.all(checks).mapEmpty();
    }

    private Future<Void> check(String name, JsonNode service, ServiceEndpoint endpoint, String facts) {
        Future<Condition> seen = endpoint.leadsSomewhere()
                ? asked(service, endpoint)
                : Future.succeededFuture(new Condition("False", endpoint.reason(), endpoint.message()));
        return seen.compose(condition -> {
            Duration wait = condition.status.equals("True") ? AGAIN : AGAIN_WHEN_UNAVAILABLE;
            checked.put(name, new Checked(facts, clock.instant().plus(wait)));
            return told(service, condition);
        });
    }

    private record Condition(String status, String reason, String message) {}

    private Future<Condition> asked(JsonNode service, ServiceEndpoint endpoint) {
        String path = "/apis/" + Tree.text(service, "spec", "group") + "/" + Tree.text(service, "spec", "version");
        String url = "https://" + endpoint.addresses().get(0) + ":" + endpoint.port() + path;
        Future<Condition> condition = get(service, endpoint, path)
                .map(answer -> {
                    boolean good = answer.status() >= 200 && answer.status() < 300;
                    if (good) {
                        aggregator.learn(
                                service, ObjectJson.parseAny(answer.body().toString()));
                    }
                    return good
                            ? new Condition("True", "Passed", "all checks passed")
                            : failed(url, "bad status from " + url + ": " + answer.status());
                })
                .recover(cause -> Future.succeededFuture(failed(url, String.valueOf(cause.getMessage()))));
        return condition.compose(seen -> seen.status.equals("True")
                ? get(service, endpoint, "/openapi/v3")
                        .map(answer -> {
                            aggregator.learnOpenApi(
                                    service, ObjectJson.parseAny(answer.body().toString()));
                            return seen;
                        })
                        // A server without OpenAPI is one all the same.
                        .recover(none -> Future.succeededFuture(seen))
                : Future.succeededFuture(seen));
    }

    private Future<Forwarder.Answer> get(JsonNode service, ServiceEndpoint endpoint, String path) {
        MultiMap headers = Aggregator.identity(User.APISERVER);
        headers.set("Accept", "application/json");
        return Forwarder.get(aggregator.target(service, endpoint, path, "", headers));
    }

    private static Condition failed(String url, String why) {
        return new Condition("False", "FailedDiscoveryCheck", "failing or missing response from " + url + ": " + why);
    }

    private Future<Void> told(JsonNode service, Condition now) {
        ObjectNode next = service.deepCopy();
        ObjectNode condition = null;
        for (ObjectNode known : Tree.objects(next, "status", "conditions")) {
            if (Tree.text(known, "type").equals("Available")) {
                condition = known;
            }
        }
        if (condition == null) {
            condition = Tree.ensureArray(Tree.ensureObject(next, "status"), "conditions")
                    .addObject();
            condition.put("type", "Available");
        }
        boolean same = Tree.text(condition, "status").equals(now.status)
                && Tree.text(condition, "reason").equals(now.reason)
                && Tree.text(condition, "message").equals(now.message);
        if (same) {
            return Future.succeededFuture();
        }
        if (!Tree.text(condition, "status").equals(now.status)) {
            condition.put(
                    "lastTransitionTime",
                    clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
        }
        condition.put("status", now.status).put("reason", now.reason).put("message", now.message);
        return ignoring(registry.replaceStatus(GROUP, "v1", RESOURCE, next));
    }
}
