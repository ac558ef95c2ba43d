package io.kvorum.apiserver.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Quantity;
import io.kvorum.api.Tree;
import io.kvorum.api.quota.PodResources;
import io.kvorum.apiserver.cache.LiveLook;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.WatchCache;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** Fills in what containers do not ask for, and refuses pods and claims outside the LimitRanges of their namespace. */
public final class LimitRanger implements Admission {
    private static final String ANNOTATION = "kubernetes.io/limit-ranger";

    private final LiveLook ranges;

    public LimitRanger(WatchCache cache, Clock clock) {
        this.ranges = new LiveLook(cache, "core/limitranges", clock);
    }

    private static boolean isNewPod(Attempt attempt) {
        return isOf(attempt, "pods")
                && attempt.operation() == Operation.CREATE
                && attempt.subresource().isEmpty();
    }

    private static boolean isOf(Attempt attempt, String resource) {
        return attempt.info().group().isEmpty()
                && attempt.info().resource().equals(resource)
                && attempt.object() != null;
    }

    // ---- defaults

    @Override
    public Future<Void> mutate(Attempt attempt) {
        ObjectNode pod = attempt.object();
        if (pod == null || !isNewPod(attempt)) {
            return Future.succeededFuture();
        }
        return ranges.in(attempt.namespace()).map(found -> {
            for (ObjectVersion range : found) {
                for (JsonNode limit : Tree.items(range.selectable(), "spec", "limits")) {
                    if (Tree.text(limit, "type").equals("Container")) {
                        fill(pod, limit);
                    }
                }
            }
            return null;
        });
    }

    private static void fill(ObjectNode pod, JsonNode limit) {
        Map<String, Quantity> requests = PodResources.quantities(Tree.at(limit, "defaultRequest"));
        Map<String, Quantity> limits = PodResources.quantities(Tree.at(limit, "default"));
        List<String> told = new ArrayList<>();
        for (String list : List.of("containers", "initContainers")) {
            String which = list.equals("containers") ? "container " : "init container ";
            for (ObjectNode container : Tree.objects(pod, "spec", list)) {
                String name = Tree.text(container, "name");
                // Limits first in the object, requests first in the annotation, as upstream has it.
                List<String> ofLimits = fill(container, "limits", limits);
                List<String> ofRequests = fill(container, "requests", requests);
                if (!ofRequests.isEmpty()) {
                    told.add(String.join(", ", ofRequests) + " request for " + which + name);
                }
                if (!ofLimits.isEmpty()) {
                    told.add(String.join(", ", ofLimits) + " limit for " + which + name);
                }
            }
        }
        if (!told.isEmpty()) {
            Tree.ensureObject(Tree.ensureObject(pod, "metadata"), "annotations")
                    .put(ANNOTATION, "LimitRanger plugin set: " + String.join("; ", told));
        }
    }

    private static List<String> fill(ObjectNode container, String kind, Map<String, Quantity> defaults) {
        List<String> filled = new ArrayList<>();
        Map<String, Quantity> present = PodResources.of(container, kind);
        defaults.forEach((name, amount) -> {
            if (!present.containsKey(name)) {
                Tree.ensureObject(Tree.ensureObject(container, "resources"), kind)
                        .put(name, amount.toString());
                filled.add(name);
            }
        });
        return filled;
    }

    // ---- bounds

    @Override
    public Future<Void> validate(Attempt attempt) {
        ObjectNode object = attempt.object();
        boolean pod = isNewPod(attempt)
                || (isOf(attempt, "pods") && attempt.subresource().equals("resize"));
        boolean claim = isOf(attempt, "persistentvolumeclaims")
                && attempt.operation() != Operation.DELETE
                && attempt.subresource().isEmpty();
        if (object == null || !pod && !claim) {
            return Future.succeededFuture();
        }
        return ranges.in(attempt.namespace()).compose(found -> check(attempt, object, found, pod));
    }

    /** @param pod whether the object is a pod; it is a claim otherwise */
    private static Future<Void> check(
            Attempt attempt, ObjectNode object, Collection<ObjectVersion> ranges, boolean pod) {
        for (ObjectVersion range : ranges) {
            List<String> wrong = new ArrayList<>();
            for (JsonNode limit : Tree.items(range.selectable(), "spec", "limits")) {
                Bounds bounds = Bounds.of(limit);
                switch (bounds.type()) {
                    case "Container" -> {
                        if (pod) {
                            containers(object)
                                    .forEach(container -> bounds.check(
                                            PodResources.of(container, "requests"),
                                            PodResources.of(container, "limits"),
                                            wrong));
                        }
                    }
                    case "Pod" -> {
                        if (pod) {
                            bounds.check(
                                    PodResources.total(object, "requests").amounts(),
                                    PodResources.total(object, "limits").amounts(),
                                    wrong);
                        }
                    }
                    case "PersistentVolumeClaim" -> {
                        if (!pod) {
                            bounds.checkRequests(
                                    PodResources.quantities(Tree.at(object, "spec", "resources", "requests")), wrong);
                        }
                    }
                    default -> {}
                }
            }
            if (!wrong.isEmpty()) {
                return Future.failedFuture(ApiException.forbidden(
                        "",
                        attempt.info().resource(),
                        attempt.name(),
                        wrong.size() == 1 ? wrong.get(0) : "[" + String.join(", ", wrong) + "]"));
            }
        }
        return Future.succeededFuture();
    }

    private static List<JsonNode> containers(ObjectNode pod) {
        List<JsonNode> all = new ArrayList<>(Tree.items(pod, "spec", "containers"));
        all.addAll(Tree.items(pod, "spec", "initContainers"));
        return all;
    }

    /** One item of a LimitRange. */
    private record Bounds(
            String type, Map<String, Quantity> min, Map<String, Quantity> max, Map<String, Quantity> ratio) {
        static Bounds of(JsonNode limit) {
            return new Bounds(
                    Tree.text(limit, "type"),
                    PodResources.quantities(Tree.at(limit, "min")),
                    PodResources.quantities(Tree.at(limit, "max")),
                    PodResources.quantities(Tree.at(limit, "maxLimitRequestRatio")));
        }

        void checkRequests(Map<String, Quantity> requests, List<String> wrong) {
            sorted(min).forEach(name -> tooLittle(name, requests, requests, wrong));
            sorted(max).forEach(name -> {
                Quantity request = requests.get(name);
                Quantity most = max.getOrDefault(name, Quantity.ZERO);
                if (request == null) {
                    wrong.add("maximum " + name + " usage per " + type + " is " + most + ".  No request is specified");
                } else if (request.compareTo(most) > 0) {
                    wrong.add("maximum " + name + " usage per " + type + " is " + most + ", but request is " + request);
                }
            });
        }

        void check(Map<String, Quantity> requests, Map<String, Quantity> limits, List<String> wrong) {
            sorted(min).forEach(name -> tooLittle(name, requests, limits, wrong));
            sorted(max).forEach(name -> tooMuch(name, requests, limits, wrong));
            sorted(ratio).forEach(name -> tooFar(name, requests, limits, wrong));
        }

        private static TreeSet<String> sorted(Map<String, Quantity> bounds) {
            return new TreeSet<>(bounds.keySet());
        }

        private void tooLittle(
                String name, Map<String, Quantity> requests, Map<String, Quantity> limits, List<String> wrong) {
            Quantity least = min.getOrDefault(name, Quantity.ZERO);
            String rule = "minimum " + name + " usage per " + type + " is " + least;
            Quantity request = requests.get(name);
            Quantity limit = limits.get(name);
            if (request == null) {
                wrong.add(rule + ".  No request is specified");
            } else if (request.compareTo(least) < 0) {
                wrong.add(rule + ", but request is " + request);
            } else if (limit != null && limit.compareTo(least) < 0) {
                wrong.add(rule + ", but limit is " + limit);
            }
        }

        private void tooMuch(
                String name, Map<String, Quantity> requests, Map<String, Quantity> limits, List<String> wrong) {
            Quantity most = max.getOrDefault(name, Quantity.ZERO);
            String rule = "maximum " + name + " usage per " + type + " is " + most;
            Quantity request = requests.get(name);
            Quantity limit = limits.get(name);
            if (limit == null) {
                wrong.add(rule + ".  No limit is specified");
            } else if (limit.compareTo(most) > 0) {
                wrong.add(rule + ", but limit is " + limit);
            } else if (request != null && request.compareTo(most) > 0) {
                wrong.add(rule + ", but request is " + request);
            }
        }

        private void tooFar(
                String name, Map<String, Quantity> requests, Map<String, Quantity> limits, List<String> wrong) {
            Quantity most = ratio.getOrDefault(name, Quantity.ZERO);
            String rule = name + " max limit to request ratio per " + type + " is " + most;
            Quantity request = requests.getOrDefault(name, Quantity.ZERO);
            Quantity limit = limits.getOrDefault(name, Quantity.ZERO);
            if (request.isZero()) {
                wrong.add(rule + ", but no request is specified or request is 0");
            } else if (limit.isZero()) {
                wrong.add(rule + ", but no limit is specified or limit is 0");
            } else {
                double provided =
                        limit.amount().doubleValue() / request.amount().doubleValue();
                if (provided > most.amount().doubleValue()) {
                    wrong.add(rule + ", but provided ratio is " + String.format(Locale.ROOT, "%f", provided));
                }
            }
        }
    }
}
