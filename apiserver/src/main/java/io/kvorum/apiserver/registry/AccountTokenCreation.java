package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.User;
import io.kvorum.apiserver.token.TokenRequests;
import io.vertx.core.Future;
import java.util.List;

/** {@code serviceaccounts/token}: decodes, admits, lets the token be made. */
final class AccountTokenCreation {
    private final TokenRequests tokens;
    private final ActionAdmission admission;

    AccountTokenCreation(TokenRequests tokens, ActionAdmission admission) {
        this.tokens = tokens;
        this.admission = admission;
    }

    Future<ApiResponse> create(Served accounts, RequestInfo info, ApiRequest request, User user) {
        WriteOptions options = WriteOptions.of(request, "CreateOptions");
        ObjectNode wanted = Bodies.decode("authentication.k8s.io/v1", "TokenRequest", request, options.validation())
                .object();
        tokens.complete(wanted, info.name());
        Writer writer = new Writer(user, options, request);
        return admission
                .created(accounts, "token", info.namespace(), info.name(), wanted, writer)
                .compose(admitted -> tokens.issue(info.namespace(), info.name(), wanted))
                .map(made -> writer.warned(ApiResponse.json(201, ObjectJson.encode(made)), List.of()));
    }
}
