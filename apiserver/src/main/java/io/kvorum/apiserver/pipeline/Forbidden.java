package io.kvorum.apiserver.pipeline;

import io.kvorum.api.ApiException;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.User;
import java.util.List;

/** The words of a refusal by the authorizer. */
final class Forbidden {
    private Forbidden() {}

    static ApiException of(User user, RequestInfo info, String path, String reason) {
        String why = reason.isEmpty() ? "" : ": " + reason;
        if (!info.resourceRequest()) {
            return new ApiException(
                    403,
                    "Forbidden",
                    "forbidden: User \"" + user.name() + "\" cannot " + info.verb() + " path \"" + path + "\"" + why,
                    new ApiException.Details("", "", "", "", List.of(), 0));
        }
        String resource = info.subresource().isEmpty() ? info.resource() : info.resource() + "/" + info.subresource();
        String where =
                info.namespace().isEmpty() ? " at the cluster scope" : " in the namespace \"" + info.namespace() + "\"";
        String groupResource = info.group().isEmpty() ? info.resource() : info.resource() + "." + info.group();
        String what = info.name().isEmpty() ? groupResource : groupResource + " \"" + info.name() + "\"";
        return new ApiException(
                403,
                "Forbidden",
                what + " is forbidden: User \"" + user.name() + "\" cannot " + info.verb() + " resource \"" + resource
                        + "\" in API group \"" + info.group() + "\"" + where + why,
                new ApiException.Details(info.name(), info.group(), info.resource(), "", List.of(), 0));
    }
}
