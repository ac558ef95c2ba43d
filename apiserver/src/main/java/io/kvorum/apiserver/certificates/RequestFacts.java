package io.kvorum.apiserver.certificates;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.admission.Admission;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes into CertificateSigningRequests what nobody may claim: who asks, and, where the client leaves it out, when a
 * condition was set.
 */
public final class RequestFacts implements Admission {
    private static final String GROUP = "certificates.k8s.io";
    private static final String RESOURCE = "certificatesigningrequests";

    private final Clock clock;

    public RequestFacts(Clock clock) {
        this.clock = clock;
    }

    @Override
    public Future<Void> mutate(Attempt attempt) {
        ObjectNode request = attempt.object();
        boolean ours = attempt.info().group().equals(GROUP)
                && attempt.info().resource().equals(RESOURCE);
        if (request != null && ours) {
            if (attempt.operation() == Operation.CREATE) {
                requester(Tree.ensureObject(request, "spec"), attempt.user());
            } else if (!attempt.subresource().isEmpty()) {
                times(request, attempt.old());
            }
        }
        return Future.succeededFuture();
    }

    private static void requester(ObjectNode spec, User user) {
        spec.remove(List.of("uid", "extra"));
        spec.put("username", user.name());
        if (!user.uid().isEmpty()) {
            spec.put("uid", user.uid());
        }
        ArrayNode groups = spec.putArray("groups");
        user.groups().forEach(groups::add);
        if (!user.extra().isEmpty()) {
            ObjectNode extra = spec.putObject("extra");
            user.extra().forEach((key, values) -> {
                ArrayNode list = extra.putArray(key);
                values.forEach(list::add);
            });
        }
    }

    private void times(ObjectNode request, @Nullable JsonNode old) {
        String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        for (ObjectNode condition : Tree.objects(request, "status", "conditions")) {
            Tree.setDefaultIfEmpty(condition, "lastUpdateTime", now);
            if (Tree.text(condition, "lastTransitionTime").isEmpty()) {
                condition.put("lastTransitionTime", former(condition, old, now));
            }
        }
    }

    /** Since when a condition has its status: since it had it before, or only now. */
    private static String former(ObjectNode condition, @Nullable JsonNode old, String now) {
        for (JsonNode before : Tree.items(old, "status", "conditions")) {
            String time = Tree.text(before, "lastTransitionTime");
            boolean same = Tree.text(before, "type").equals(Tree.text(condition, "type"))
                    && Tree.text(before, "status").equals(Tree.text(condition, "status"));
            if (same && !time.isEmpty()) {
                return time;
            }
        }
        return now;
    }
}
