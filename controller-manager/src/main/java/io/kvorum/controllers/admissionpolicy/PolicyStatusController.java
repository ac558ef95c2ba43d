package io.kvorum.controllers.admissionpolicy;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ExpressionWarning;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBuilder;
import io.kvorum.api.ApiException;
import io.kvorum.api.ResourceInfo;
import io.kvorum.client.Informer;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.ResourceClient;
import io.kvorum.controllers.discovery.Discovery;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.loop.ReconcileLoop;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The status controller of ValidatingAdmissionPolicies; each generation of a policy is looked at once. */
public final class PolicyStatusController extends ReconcileLoop<String> {
    private final ControllerContext context;
    private final ResourceClient<ValidatingAdmissionPolicy> policies;
    private final Lister<ValidatingAdmissionPolicy> lister;
    private final Discovery discovery;

    public PolicyStatusController(ControllerContext context, int concurrency) {
        super(context, "validatingadmissionpolicy-status", concurrency);
        this.context = context;
        policies = context.client().resources(ValidatingAdmissionPolicy.class);
        Informer<ValidatingAdmissionPolicy> informer = context.informers().of(ValidatingAdmissionPolicy.class);
        lister = informer.lister();
        discovery = new Discovery(context.client());
        informer.handler(Informer.Handler.present(
                policy -> controller.enqueue(policy.getMetadata().getName())));
    }

    @Override
    public Future<Result> reconcile(String name) {
        @Nullable ValidatingAdmissionPolicy policy = lister.get(new ObjectKey("", name));
        if (policy == null || observed(policy) >= policy.getMetadata().getGeneration()) {
            return Future.succeededFuture(Result.done());
        }
        return kinds(policy)
                .compose(kinds -> documents(policy, kinds).compose(documents -> warnings(policy, kinds, documents)))
                .compose(warnings -> policies.updateStatus(new ValidatingAdmissionPolicyBuilder(policy)
                        .editOrNewStatus()
                        .withObservedGeneration(policy.getMetadata().getGeneration())
                        .withNewTypeChecking()
                        .withExpressionWarnings(warnings)
                        .endTypeChecking()
                        .endStatus()
                        .build()))
                .map(Result.done())
                .recover(cause -> cause instanceof ApiException no && no.notFound()
                        ? Future.succeededFuture(Result.done())
                        : Future.failedFuture(cause));
    }

    private static long observed(ValidatingAdmissionPolicy policy) {
        return policy.getStatus() == null || policy.getStatus().getObservedGeneration() == null
                ? 0
                : policy.getStatus().getObservedGeneration();
    }

    /** The kinds of the resources that the policy names and that are served. */
    private Future<Set<PolicyTyping.Kind>> kinds(ValidatingAdmissionPolicy policy) {
        List<Set<PolicyTyping.Resource>> rules = PolicyTyping.resources(policy);
        return read(rules.stream().flatMap(Set::stream).map(PolicyTyping.Resource::groupVersion), discovery::resources)
                .map(served -> {
                    Set<PolicyTyping.Kind> kinds = new TreeSet<>(PolicyTyping.Kind.ORDER);
                    for (Set<PolicyTyping.Resource> rule : rules) {
                        rule.stream()
                                .map(each -> kind(each, served.getOrDefault(each.groupVersion(), List.of())))
                                .flatMap(Optional::stream)
                                .limit(PolicyTyping.MOST_KINDS)
                                .forEach(kinds::add);
                    }
                    return kinds;
                });
    }

    private static Optional<PolicyTyping.Kind> kind(PolicyTyping.Resource wanted, Collection<ResourceInfo> served) {
        return served.stream()
                .filter(each -> each.resource().equals(wanted.resource())
                        || each.singular().equals(wanted.resource()))
                .findFirst()
                .map(each -> new PolicyTyping.Kind(each.group(), each.version(), each.kind()));
    }

    /** The OpenAPI documents that have the kinds, by group version. */
    private Future<Map<String, JsonNode>> documents(ValidatingAdmissionPolicy policy, Set<PolicyTyping.Kind> kinds) {
        PolicyTyping.Kind parameters = PolicyTyping.parameters(policy);
        return read(
                Stream.concat(kinds.stream(), Stream.ofNullable(parameters)).map(PolicyTyping.Kind::groupVersion),
                groupVersion -> discovery.get(
                        "/openapi/v3/" + (groupVersion.indexOf('/') < 0 ? "api/" : "apis/") + groupVersion));
    }

    /** Compiles away from the event loop. */
    private Future<List<ExpressionWarning>> warnings(
            ValidatingAdmissionPolicy policy, Set<PolicyTyping.Kind> kinds, Map<String, JsonNode> documents) {
        return context.vertx().executeBlocking(() -> {
            Map<PolicyTyping.Kind, JsonNode> schemas = new LinkedHashMap<>();
            kinds.forEach(kind -> schema(kind, documents).ifPresent(schema -> schemas.put(kind, schema)));
            JsonNode parameters = Optional.ofNullable(PolicyTyping.parameters(policy))
                    .flatMap(kind -> schema(kind, documents))
                    .orElse(null);
            return PolicyTyping.warnings(policy, schemas, parameters);
        });
    }

    private static Optional<JsonNode> schema(PolicyTyping.Kind kind, Map<String, JsonNode> documents) {
        return Optional.ofNullable(documents.get(kind.groupVersion()))
                .flatMap(document -> ResolvedSchema.of(document, kind.group(), kind.version(), kind.kind()));
    }

    /** What is there of several group versions; one that is not served is left out. */
    private static <T> Future<Map<String, T>> read(Stream<String> groupVersions, Function<String, Future<T>> read) {
        Map<String, Future<Optional<T>>> reads = groupVersions
                .distinct()
                .collect(Collectors.toMap(
                        Function.identity(),
                        each -> read.apply(each)
                                .map(Optional::of)
                                .recover(cause -> cause instanceof ApiException no && no.notFound()
                                        ? Future.succeededFuture(Optional.empty())
                                        : Future.failedFuture(cause))));
        return Future.all(List.copyOf(reads.values())).map(all -> {
            Map<String, T> found = new LinkedHashMap<>();
            reads.forEach((groupVersion, each) -> each.result().ifPresent(value -> found.put(groupVersion, value)));
            return found;
        });
    }
}
