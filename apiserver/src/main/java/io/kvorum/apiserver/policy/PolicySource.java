package io.kvorum.apiserver.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ResourceCatalog;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import io.kvorum.api.selector.LabelSelector;
import io.kvorum.apiserver.admission.AccessQuestions;
import io.kvorum.apiserver.admission.Admission;
import io.kvorum.apiserver.admission.RequestTree;
import io.kvorum.apiserver.auth.Authorizer;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.StoreKeys;
import io.kvorum.apiserver.cache.WatchCache;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The policies of one kind with their bindings: which of them are about a write, and with which parameters. Each is made ready
 * once for each of its generations.
 *
 * @param <P> a policy that is ready to run
 */
final class PolicySource<P> {
    private static final String GROUP = "admissionregistration.k8s.io";

    /** Nobody could mend a policy that forbids to change policies; reviews ask and change nothing. */
    private static final Set<String> UNTOUCHABLE = Set.of(GROUP, "authentication.k8s.io", "authorization.k8s.io");

    private final WatchCache cache;
    private final ResourceCatalog catalog;
    private final Authorizer authorizer;
    private final String resource;
    private final String bindingResource;
    private final Function<JsonNode, P> make;
    private final Function<P, Preamble> preamble;
    private final Map<String, Known<P>> policies = new HashMap<>();
    private final Map<String, Known<MatchResources>> bindings = new HashMap<>();

    /** What was made of an object at a revision. */
    private record Known<T>(long revision, T made) {}

    /**
     * A policy to be asked about a write.
     *
     * @param binding its name
     * @param actions the binding's {@code validationActions}
     * @param parameters null for none
     * @param misconfigured why it cannot be asked; empty when it can
     */
    record Invocation<P>(
            P policy,
            String policyName,
            String binding,
            List<String> actions,
            @Nullable JsonNode parameters,
            String misconfigured) {
        /** What the variables stand for when it is this one that is asked. */
        Inputs inputs(Inputs ofWrite) {
            return parameters == null ? ofWrite : ofWrite.with("params", parameters);
        }

        /** Its parts as one text that no other invocation has. */
        String id() {
            JsonNode metadata = parameters == null ? Tree.newObject() : parameters.path("metadata");
            return String.join("/", policyName, binding, Tree.text(metadata, "namespace"), Tree.text(metadata, "name"));
        }
    }

    /** @param kind {@code validatingadmission} or {@code mutatingadmission} */
    PolicySource(
            WatchCache cache,
            ResourceCatalog catalog,
            Authorizer authorizer,
            String kind,
            Function<JsonNode, P> make,
            Function<P, Preamble> preamble) {
        this.cache = cache;
        this.catalog = catalog;
        this.authorizer = authorizer;
        this.resource = GROUP + "/" + kind + "policies";
        this.bindingResource = GROUP + "/" + kind + "policybindings";
        this.make = make;
        this.preamble = preamble;
    }

    /** Those that are about a write, policies and bindings in the order of their names. */
    List<Invocation<P>> about(Admission.Attempt attempt) {
        if (UNTOUCHABLE.contains(attempt.info().group())) {
            return List.of();
        }
        List<Invocation<P>> found = new ArrayList<>();
        forgetTheGone(policies, resource);
        forgetTheGone(bindings, bindingResource);
        for (ObjectVersion binding : cache.of(bindingResource).list("")) {
            ObjectVersion policy = cache.of(resource).get(Tree.text(binding.selectable(), "spec", "policyName"));
            if (policy == null) {
                continue;
            }
            P ready = known(policies, policy, make);
            MatchResources narrower =
                    known(bindings, binding, source -> new MatchResources(Tree.at(source, "spec", "matchResources")));
            if (preamble.apply(ready).match().matches(attempt, cache, false)
                    && narrower.matches(attempt, cache, true)) {
                invocations(ready, policy, binding, attempt, found);
            }
        }
        found.sort(Comparator.comparing(Invocation::policyName));
        return found;
    }

    /** Only when there are more than there can be: most writes find nothing to forget. */
    private void forgetTheGone(Map<String, ?> known, String of) {
        if (known.size() > cache.of(of).list("").size()) {
            known.keySet().removeIf(name -> cache.of(of).get(name) == null);
        }
    }

    private static <T> T known(Map<String, Known<T>> all, ObjectVersion version, Function<JsonNode, T> make) {
        Known<T> known = all.get(version.name());
        if (known == null || known.revision() != version.revision()) {
            known = new Known<>(version.revision(), make.apply(version.selectable()));
            all.put(version.name(), known);
        }
        return known.made();
    }

    // ---- parameters

    private void invocations(
            P ready, ObjectVersion policy, ObjectVersion binding, Admission.Attempt attempt, List<Invocation<P>> to) {
        List<String> actions = Tree.texts(binding.selectable(), "spec", "validationActions");
        JsonNode kind = Tree.at(policy.selectable(), "spec", "paramKind");
        JsonNode reference = Tree.at(binding.selectable(), "spec", "paramRef");
        if (!kind.isObject() || !reference.isObject()) {
            to.add(new Invocation<>(ready, policy.name(), binding.name(), actions, null, ""));
            return;
        }
        List<JsonNode> parameters = parameters(kind, reference, attempt);
        for (JsonNode each : parameters) {
            to.add(new Invocation<>(ready, policy.name(), binding.name(), actions, each, ""));
        }
        if (parameters.isEmpty()
                && !Tree.text(reference, "parameterNotFoundAction").equals("Allow")) {
            to.add(new Invocation<>(
                    ready,
                    policy.name(),
                    binding.name(),
                    actions,
                    null,
                    "failed to configure binding: no params found for policy binding with `Deny`"
                            + " parameterNotFoundAction"));
        }
    }

    private List<JsonNode> parameters(JsonNode kind, JsonNode reference, Admission.Attempt attempt) {
        String apiVersion = Tree.text(kind, "apiVersion");
        int slash = apiVersion.indexOf('/');
        Optional<ResourceInfo> info = catalog.byKind(
                slash < 0 ? "" : apiVersion.substring(0, slash),
                apiVersion.substring(slash + 1),
                Tree.text(kind, "kind"));
        return info.map(each -> objects(each, reference, attempt)).orElse(List.of());
    }

    private List<JsonNode> objects(ResourceInfo info, JsonNode reference, Admission.Attempt attempt) {
        String given = Tree.text(reference, "namespace");
        String namespace = !info.namespaced() ? "" : given.isEmpty() ? attempt.namespace() : given;
        String name = Tree.text(reference, "name");
        LabelSelector selector = reference.path("selector").isObject()
                ? LabelSelector.of(reference.path("selector"))
                : LabelSelector.nothing();
        List<JsonNode> found = new ArrayList<>();
        for (ObjectVersion version :
                cache.of(StoreKeys.resource(info.group(), info.resource())).list(namespace)) {
            boolean wanted = name.isEmpty()
                    ? selector.matchesObject(version.selectable())
                    : version.name().equals(name);
            if (wanted) {
                found.add(version.tree());
            }
        }
        return found;
    }

    // ---- variables

    /** What expressions about a write may ask. */
    AccessQuestions questions(Admission.Attempt attempt) {
        return new AccessQuestions(authorizer, attempt);
    }

    /**
     * What the variables stand for when policies are asked about a write, but for parameters. The object is the attempt's own:
     * what mutations make of it is seen.
     */
    Inputs inputs(Admission.Attempt attempt, AccessQuestions questions) {
        Map<String, JsonNode> values = new HashMap<>();
        if (attempt.object() != null) {
            values.put("object", attempt.object());
        }
        if (attempt.old() != null) {
            values.put("oldObject", attempt.old());
        }
        values.put("request", RequestTree.of(attempt, attempt.info()));
        ObjectVersion namespace = attempt.namespace().isEmpty()
                ? null
                : cache.of("core/namespaces").get(attempt.namespace());
        if (namespace != null) {
            values.put("namespaceObject", namespace.tree());
        }
        return new Inputs(values, questions.variables());
    }
}
