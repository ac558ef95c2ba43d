package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.ResourceCatalog;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.custom.CustomType;
import io.kvorum.api.managed.SchemaSource;
import io.kvorum.api.validation.ValidationOptions;
import io.kvorum.apiserver.admission.AdmissionChain;
import io.kvorum.apiserver.auth.Access;
import io.kvorum.apiserver.auth.RulesDescriber;
import io.kvorum.apiserver.auth.TokenAuthenticator;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.crd.DefinitionController;
import io.kvorum.apiserver.metrics.Meters;
import io.kvorum.apiserver.proxy.ResourceProxy;
import io.kvorum.apiserver.quota.QuotaLedger;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.User;
import io.kvorum.apiserver.token.TokenRequests;
import io.kvorum.bus.BusClient;
import io.kvorum.store.client.Store;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Answers every request for a resource: finds what serves it and calls the verb. */
public final class Registry {
    /** What upstream says of resources that have been superseded, by the cache's name. */
    private static final Map<String, String> DEPRECATED = Map.of(
            "core/endpoints", "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
            "core/componentstatuses", "v1 ComponentStatus is deprecated in v1.19+");

    private static final ApiException.Details NOTHING = new ApiException.Details("", "", "", "", List.of(), 0);

    private final ResourceCatalog catalog;
    private final Predicate<ResourceInfo> enabled;
    private final Map<String, Served> served = new HashMap<>();
    private final FieldTracking fields;
    private final Presenter presenter;
    private final ComponentStatuses componentStatuses;
    private final Reads reads;
    private final Watches watches;
    private final Writes writes;
    private final Deletes deletes;
    private final Scales scales;
    private final Applies applies;
    private final ActionAdmission actions;
    private final PodActions podActions;
    private final Evictions evictions;
    private final PodLogs podLogs;
    private final PodStreams podStreams;
    private final AccountTokenCreation accountTokens;
    private final Reviews reviews;
    private final ResourceProxy proxy;

    /**
     * What the registry is made of.
     *
     * @param reservations by the cache's name of the stored resource
     * @param quotas null when quotas do not count
     * @param leastWatchSeconds see {@code --min-request-timeout}
     */
    public record Parts(
            Vertx vertx,
            Clock clock,
            RandomGenerator random,
            ResourceCatalog catalog,
            Predicate<ResourceInfo> enabled,
            SchemaSource types,
            Store store,
            WatchCache cache,
            BusClient bus,
            TableFormat tables,
            AdmissionChain admission,
            Access access,
            RulesDescriber rules,
            TokenAuthenticator tokens,
            TokenRequests tokenRequests,
            EventLeases leases,
            ValidationOptions validation,
            Converter converter,
            Map<String, Reservations> reservations,
            @Nullable QuotaLedger quotas,
            ResourceProxy proxy,
            int leastWatchSeconds,
            Meters meters) {}

    public Registry(Parts parts) {
        catalog = parts.catalog();
        enabled = parts.enabled();
        presenter = new Presenter(parts.tables());
        componentStatuses = new ComponentStatuses(parts.cache(), parts.clock());
        ObjectMetadata metadata = new ObjectMetadata(parts.clock(), parts.random());
        fields = new FieldTracking(catalog, parts.types(), metadata);
        Transactions transactions = new Transactions(parts.store(), parts.cache(), parts.converter());
        reads = new Reads(parts.cache(), parts.store(), presenter, parts.converter());
        watches = new Watches(
                parts.vertx(),
                parts.cache(),
                reads,
                presenter,
                parts.random(),
                parts.converter(),
                parts.leastWatchSeconds(),
                parts.meters());
        writes = new Writes(
                transactions,
                parts.admission(),
                presenter,
                metadata,
                parts.leases(),
                fields,
                parts.validation(),
                parts.reservations(),
                parts.quotas());
        deletes = new Deletes(transactions, reads, writes, parts.admission(), presenter, metadata);
        scales = new Scales(reads, writes, fields, parts.tables());
        applies = new Applies(writes, fields, presenter, metadata, parts.access());
        actions = new ActionAdmission(parts.admission());
        podActions = new PodActions(transactions, metadata, actions);
        evictions = new Evictions(transactions, deletes, parts.cache(), metadata, actions);
        podLogs = new PodLogs(reads, parts.bus());
        podStreams = new PodStreams(reads);
        accountTokens = new AccountTokenCreation(parts.tokenRequests(), actions);
        proxy = parts.proxy();
        reviews = new Reviews(parts.access(), parts.rules(), parts.tokens(), metadata);
    }

    /** Whether a path is one of this server's: built-in groups and versions as a whole, custom resources one by one. */
    public boolean knows(String group, String version, String resource) {
        return Reviews.knowsVersion(group, version)
                || catalog.byResource(group, version, resource).filter(enabled).isPresent()
                || catalog.all().stream()
                        .anyMatch(info -> info.custom() == null
                                && info.group().equals(group)
                                && info.version().equals(version)
                                && enabled.test(info));
    }

    /** Whether there is what a request is for: the resource, and the subresource where it names one. */
    public boolean has(RequestInfo info) {
        return catalog.byResource(info.group(), info.version(), info.resource())
                .filter(enabled)
                .filter(found -> info.subresource().isEmpty() || found.hasSubresource(info.subresource()))
                .isPresent();
    }

    public Future<ApiResponse> handle(RequestInfo info, ApiRequest request, User user) {
        if (Reviews.isOldSelfReview(info)) {
            return Future.succeededFuture(reviews.self(info.apiVersion(), user));
        }
        // The server's own writes are not asked: they need what clients may not see.
        Served resource = find(info.group(), info.version(), info.resource())
                .filter(found -> enabled.test(found.info()))
                .orElseThrow(Registry::unknown);
        boolean namespaceMisplaced =
                resource.info().namespaced() != !info.namespace().isEmpty()
                        && (!resource.info().namespaced()
                                || !info.name().isEmpty()
                                || info.verb().equals("create"));
        boolean proxied = ResourceProxy.serves(info);
        if (namespaceMisplaced || !info.rest().isEmpty() && !proxied) {
            throw unknown();
        }
        Future<ApiResponse> answer =
                info.subresource().isEmpty() ? main(resource, info, request, user) : sub(resource, info, request, user);
        CustomType custom = resource.info().custom();
        String deprecation = custom == null ? DEPRECATED.get(resource.stored()) : custom.deprecationWarning();
        if (deprecation == null || deprecation.isEmpty()) {
            return answer;
        }
        request.notes().deprecated();
        return answer.map(response -> Warnings.add(response, List.of(deprecation)));
    }

    /** Creates an object of the server's own making, from its tree. */
    public Future<ObjectVersion> create(String apiGroup, String version, String resource, ObjectNode object) {
        Served found = find(apiGroup, version, resource).orElseThrow(Registry::unknown);
        String namespace = object.path("metadata").path("namespace").asText();
        return writes.create(found, namespace, object, new Writer(User.APISERVER), WriteOptions.OWN);
    }

    /**
     * Replaces an object of the server's own making, from its tree.
     *
     * <p>Errors: NotFound; Conflict when the tree names another resourceVersion than the present one.
     */
    public Future<Void> replace(String apiGroup, String version, String resource, ObjectNode object) {
        return replace(apiGroup, version, resource, "", object);
    }

    /** As {@link #replace}, of an object's status alone. */
    public Future<Void> replaceStatus(String apiGroup, String version, String resource, ObjectNode object) {
        return replace(apiGroup, version, resource, "status", object);
    }

    private Future<Void> replace(
            String apiGroup, String version, String resource, String subresource, ObjectNode object) {
        Served found = find(apiGroup, version, resource).orElseThrow(Registry::unknown);
        JsonNode meta = object.path("metadata");
        RequestInfo info = new RequestInfo(
                true,
                "update",
                apiGroup,
                version,
                meta.path("namespace").asText(),
                resource,
                meta.path("name").asText(),
                subresource,
                List.of());
        FieldHook hook = fields.updates(found, subresource, WriteOptions.OWN.fieldManager());
        return writes.change(found, info, new Writer(User.APISERVER), hook, current -> object.deepCopy())
                .mapEmpty();
    }

    /** Deletes an object on behalf of the server, only when it still has that uid. */
    public Future<Void> delete(
            String apiGroup, String version, String resource, String namespace, String name, String uid) {
        Served found = find(apiGroup, version, resource).orElseThrow(Registry::unknown);
        return deletes.delete(found, namespace, name, new DeleteOptions(null, "", uid, "", false), User.APISERVER)
                .mapEmpty();
    }

    /** Deletes all objects of a resource on behalf of the server; those with finalizers stay for now. */
    public Future<Void> deleteAll(ResourceInfo info) {
        return deletes.deleteAll(Served.of(info, catalog), User.APISERVER);
    }

    /**
     * Changes a cluster-scoped object on behalf of the server; writes nothing when the edit changes nothing.
     *
     * @param subresource {@code status}, or empty for the object itself
     * @param edit makes the wanted object from the present one, which it may change
     */
    public Future<Void> edit(
            String apiGroup,
            String version,
            String resource,
            String name,
            String subresource,
            UnaryOperator<ObjectNode> edit) {
        Served found = find(apiGroup, version, resource).orElseThrow(Registry::unknown);
        RequestInfo info =
                new RequestInfo(true, "update", apiGroup, version, "", resource, name, subresource, List.of());
        FieldHook hook = fields.updates(found, subresource, WriteOptions.OWN.fieldManager());
        return writes.change(found, info, new Writer(User.APISERVER), hook, current -> edit.apply(current.tree()))
                .mapEmpty();
    }

    private Future<ApiResponse> main(Served resource, RequestInfo info, ApiRequest request, User user) {
        if (Reviews.serves(resource) && info.verb().equals("create")) {
            return reviews.create(resource, info, request, user);
        }
        if (resource.is("", "bindings") && info.verb().equals("create")) {
            return podActions.bind(pods(), info, request, user);
        }
        if (ComponentStatuses.serves(resource) && info.verb().equals("list")) {
            ObjectNode metadata = ObjectJson.object();
            return Future.succeededFuture(presenter.view(resource, request).list(metadata, componentStatuses.all()));
        }
        if (ComponentStatuses.serves(resource) && info.verb().equals("get")) {
            return Future.succeededFuture(
                    presenter.view(resource, request).one(200, componentStatuses.get(info.name())));
        }
        boolean collection = info.name().isEmpty();
        boolean wrongPlace = collection
                ? info.verb().equals("update") || info.verb().equals("patch")
                : info.verb().equals("create");
        if (!resource.info().verbs().contains(info.verb()) || wrongPlace) {
            throw notAllowed();
        }
        ApiException going = DefinitionController.refusal(resource.info(), info.verb());
        if (going != null) {
            throw going;
        }
        return switch (info.verb()) {
            case "get" -> reads.get(resource, info, request);
            case "list" -> reads.list(resource, info, request);
            case "watch" -> watches.watch(resource, info, request);
            case "create" -> writes.create(resource, info, request, user);
            case "update" -> writes.update(resource, info, request, user);
            case "patch" -> patch(resource, info, request, user);
            case "delete" -> deletes.delete(resource, info, request, user);
            case "deletecollection" -> deletes.deleteCollection(resource, info, request, user);
            default -> throw notAllowed();
        };
    }

    private Future<ApiResponse> patch(Served resource, RequestInfo info, ApiRequest request, User user) {
        return Bodies.mediaType(request).equals(Applies.MEDIA_TYPE)
                ? applies.apply(resource, info, request, user)
                : writes.patch(resource, info, request, user);
    }

    private Future<ApiResponse> sub(Served resource, RequestInfo info, ApiRequest request, User user) {
        ResourceInfo.Subresource found = resource.info().subresources().stream()
                .filter(subresource -> subresource.name().equals(info.subresource()))
                .findFirst()
                .orElseThrow(Registry::unknown);
        if (!found.verbs().contains(info.verb())) {
            throw notAllowed();
        }
        if (ResourceProxy.serves(info)) {
            return actions.connected(resource, info, request, user).compose(admitted -> proxy.connect(info, request));
        }
        if (ObjectPart.exists(info.subresource())) {
            return switch (info.verb()) {
                case "get" -> reads.get(resource, info, request);
                case "update" -> writes.update(resource, info, request, user);
                default -> patch(resource, info, request, user);
            };
        }
        switch (info.subresource() + " " + info.verb()) {
            case "scale get":
                return scales.get(resource, info, request);
            case "scale update":
                return scales.update(resource, info, request, user);
            case "scale patch":
                return scales.patch(resource, info, request, user);
            case "binding create":
                return podActions.bind(resource, info, request, user);
            case "eviction create":
                return evictions.evict(resource, budgets(), info, request, user);
            case "log get":
                return podLogs.get(resource, info, request);
            case "exec create", "exec get", "attach create", "attach get", "portforward create", "portforward get":
                return actions.connected(resource, info, request, user)
                        .compose(admitted -> podStreams.connect(resource, nodes(), info, request));
            case "token create":
                return accountTokens.create(resource, info, request, user);
            default:
                throw notImplemented(resource, info);
        }
    }

    private Optional<Served> find(String group, String version, String resource) {
        String key = group + "/" + version + "/" + resource;
        Served known = served.get(key);
        if (known != null && known.info().custom() == null) {
            return Optional.of(known);
        }
        ResourceInfo now = catalog.byResource(group, version, resource).orElse(null);
        if (now == null) {
            served.remove(key);
            return Optional.empty();
        }
        if (known == null || known.info() != now) {
            known = Served.of(now, catalog);
            served.put(key, known);
        }
        return Optional.of(known);
    }

    private Served nodes() {
        return find("", "v1", "nodes").orElseThrow(Registry::unknown);
    }

    private Served pods() {
        return find("", "v1", "pods").orElseThrow(Registry::unknown);
    }

    private Served budgets() {
        return find("policy", "v1", "poddisruptionbudgets").orElseThrow(Registry::unknown);
    }

    static ApiException unknown() {
        return new ApiException(404, "NotFound", "the server could not find the requested resource", NOTHING);
    }

    static ApiException notAllowed() {
        return new ApiException(
                405, "MethodNotAllowed", "the server does not allow this method on the requested resource", NOTHING);
    }

    private static ApiException notImplemented(Served resource, RequestInfo info) {
        return new ApiException(
                501,
                "NotImplemented",
                resource.info().groupResource() + "/" + info.subresource() + " is not served by this server yet",
                NOTHING);
    }
}
