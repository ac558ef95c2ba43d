package io.kvorum.apiserver.auth;

import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.User;

/** Decides whether a user may do something. Must not block. */
@FunctionalInterface
public interface Authorizer {
    Decision authorize(User user, Attributes attributes);

    /** Allows everything ({@code --authorization-mode=AlwaysAllow}). */
    Authorizer ALWAYS_ALLOW = (user, attributes) -> Decision.allow("");

    /** Allows nothing ({@code --authorization-mode=AlwaysDeny}). */
    Authorizer ALWAYS_DENY = (user, attributes) -> Decision.none("Everything is forbidden.");

    /** Allows everything to the members of {@code system:masters}; has no opinion on others. */
    Authorizer MASTERS =
            (user, attributes) -> user.groups().contains(User.MASTERS) ? Decision.allow("") : Decision.NO_OPINION;

    /** The answer. What is not allowed is left to the next authorizer; {@code reason} may be empty. */
    record Decision(boolean allowed, String reason) {
        static final Decision NO_OPINION = new Decision(false, "");

        public static Decision allow(String reason) {
            return new Decision(true, reason);
        }

        public static Decision none(String reason) {
            return reason.isEmpty() ? NO_OPINION : new Decision(false, reason);
        }
    }

    /** What is asked for. {@code path} is set, and the rest empty, for requests that name no resource. */
    record Attributes(
            String verb,
            String group,
            String version,
            String resource,
            String subresource,
            String namespace,
            String name,
            String path) {
        public static Attributes of(RequestInfo info, ApiRequest request) {
            return new Attributes(
                    info.verb(),
                    info.group(),
                    info.version(),
                    info.resource(),
                    info.subresource(),
                    info.authorizedNamespace(),
                    info.authorizedName(request.query()),
                    info.resourceRequest() ? "" : request.path());
        }

        /** A verb on an object; namespace and name may be empty. */
        public static Attributes resource(String verb, String group, String resource, String namespace, String name) {
            return new Attributes(verb, group, "", resource, "", namespace, name, "");
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
