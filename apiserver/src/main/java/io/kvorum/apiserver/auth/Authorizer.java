package io.kvorum.apiserver.auth;

import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decides whether a user may do something. Must not block; complete at once unless somebody elsewhere has to be asked. */
@FunctionalInterface
public interface Authorizer {
    /** Never fails: what cannot be decided is no opinion, or a denial, with an error. */
    Future<Decision> authorize(User user, Attributes attributes);

    /** The same where it may be asked again within one request. */
    default Future<Decision> authorize(User user, Attributes attributes, Heard heard) {
        return authorize(user, attributes);
    }

    /** One that decides by what it has in memory. */
    interface Local extends Authorizer {
        Decision decide(User user, Attributes attributes);

        @Override
        default Future<Decision> authorize(User user, Attributes attributes) {
            return decide(user, attributes).told();
        }
    }

    /** Allows everything ({@code --authorization-mode=AlwaysAllow}). */
    Local ALWAYS_ALLOW = (user, attributes) -> Decision.allow("");

    /** Allows nothing ({@code --authorization-mode=AlwaysDeny}). */
    Local ALWAYS_DENY = (user, attributes) -> Decision.none("Everything is forbidden.");

    /** Allows everything to the members of {@code system:masters}; has no opinion on others. */
    Local MASTERS =
            (user, attributes) -> user.groups().contains(User.MASTERS) ? Decision.allow("") : Decision.NO_OPINION;

    /** What an authorizer may say. */
    enum Verdict {
        ALLOW,
        /** Nobody after it is asked. */
        DENY,
        NO_OPINION
    }

    /**
     * The answer.
     *
     * @param reason may be empty
     * @param error why it could not be decided as it should be; empty when it could
     */
    record Decision(Verdict verdict, String reason, String error) {
        static final Decision NO_OPINION = new Decision(Verdict.NO_OPINION, "", "");
        private static final Future<Decision> NOTHING_TOLD = Future.succeededFuture(NO_OPINION);

        public static Decision allow(String reason) {
            return new Decision(Verdict.ALLOW, reason, "");
        }

        public static Decision deny(String reason) {
            return new Decision(Verdict.DENY, reason, "");
        }

        public static Decision none(String reason) {
            return reason.isEmpty() ? NO_OPINION : new Decision(Verdict.NO_OPINION, reason, "");
        }

        public boolean allowed() {
            return verdict == Verdict.ALLOW;
        }

        public boolean denied() {
            return verdict == Verdict.DENY;
        }

        Future<Decision> told() {
            return this == NO_OPINION ? NOTHING_TOLD : Future.succeededFuture(this);
        }
    }

    /** What those elsewhere have said about one question, so that they are not asked twice. */
    final class Heard {
        private @Nullable Map<Authorizer, Decision> said;

        @Nullable
        Decision of(Authorizer who) {
            return said == null ? null : said.get(who);
        }

        void says(Authorizer who, Decision decision) {
            Map<Authorizer, Decision> all = said;
            if (all == null) {
                all = new HashMap<>(2);
                said = all;
            }
            all.put(who, decision);
        }
    }

    /**
     * What is asked for. {@code path} is set, and the rest empty, for requests that name no resource.
     *
     * @param selectors what narrows a list, watch or deletion of many
     */
    record Attributes(
            String verb,
            String group,
            String version,
            String resource,
            String subresource,
            String namespace,
            String name,
            String path,
            Selectors selectors) {
        public Attributes(
                String verb,
                String group,
                String version,
                String resource,
                String subresource,
                String namespace,
                String name,
                String path) {
            this(verb, group, version, resource, subresource, namespace, name, path, Selectors.NONE);
        }

        public static Attributes of(RequestInfo info, ApiRequest request) {
            return new Attributes(
                    info.verb(),
                    info.group(),
                    info.version(),
                    info.resource(),
                    info.subresource(),
                    info.authorizedNamespace(),
                    info.authorizedName(request.query()),
                    info.resourceRequest() ? "" : request.path(),
                    Selectors.of(info, request.query()));
        }

        /** A verb on an object, in whatever version; namespace and name may be empty. */
        public static Attributes resource(String verb, String group, String resource, String namespace, String name) {
            return new Attributes(verb, group, "*", resource, "", namespace, name, "");
        }

        public boolean isResource() {
            return path.isEmpty();
        }

        /** Whether this is about a resource of that group, whatever the subresource. */
        public boolean is(String wantedGroup, String wantedResource) {
            return isResource() && group.equals(wantedGroup) && resource.equals(wantedResource);
        }
    }
}
