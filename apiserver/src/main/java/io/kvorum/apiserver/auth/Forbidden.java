package io.kvorum.apiserver.auth;

import io.kvorum.api.ApiException;
import io.kvorum.apiserver.auth.Authorizer.Attributes;
import io.kvorum.apiserver.request.User;
import java.util.List;

/** The words of a refusal by the authorizer. */
public final class Forbidden {
    private Forbidden() {}

    public static ApiException of(User user, Attributes asked, String reason) {
        String why = reason.isEmpty() ? "" : ": " + reason;
        String who = "User \"" + user.name() + "\" cannot " + asked.verb();
        if (!asked.isResource()) {
            return new ApiException(
                    403,
                    "Forbidden",
                    "forbidden: " + who + " path \"" + asked.path() + "\"" + why,
                    new ApiException.Details("", "", "", "", List.of(), 0));
        }
        String resource =
                asked.subresource().isEmpty() ? asked.resource() : asked.resource() + "/" + asked.subresource();
        String where = asked.namespace().isEmpty()
                ? " at the cluster scope"
                : " in the namespace \"" + asked.namespace() + "\"";
        String groupResource = asked.group().isEmpty() ? asked.resource() : asked.resource() + "." + asked.group();
        String what = asked.name().isEmpty() ? groupResource : groupResource + " \"" + asked.name() + "\"";
        return new ApiException(
                403,
                "Forbidden",
                what + " is forbidden: " + who + " resource \"" + resource + "\" in API group \"" + asked.group() + "\""
                        + where + why,
                new ApiException.Details(asked.name(), asked.group(), asked.resource(), "", List.of(), 0));
    }
}
