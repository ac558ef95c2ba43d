package io.kvorum.store.etcd;

import io.grpc.ServerServiceDefinition;
import io.kvorum.etcd.api.AuthGrpc;
import io.kvorum.etcd.api.AuthStatusResponse;
import java.util.concurrent.CompletableFuture;

/** Says that there are no users and roles: who may connect is decided by certificates. */
final class AuthService {
    private final Identities ids;

    AuthService(Identities ids) {
        this.ids = ids;
    }

    ServerServiceDefinition definition() {
        return new Service(AuthGrpc.SERVICE_NAME)
                .unary(
                        AuthGrpc.getAuthStatusMethod(),
                        request -> CompletableFuture.completedFuture(AuthStatusResponse.newBuilder()
                                .setHeader(ids.header())
                                .build()))
                .refuse(
                        EtcdErrors.AUTH_NOT_ENABLED,
                        "AuthEnable",
                        "AuthDisable",
                        "Authenticate",
                        "UserAdd",
                        "UserGet",
                        "UserList",
                        "UserDelete",
                        "UserChangePassword",
                        "UserGrantRole",
                        "UserRevokeRole",
                        "RoleAdd",
                        "RoleGet",
                        "RoleList",
                        "RoleDelete",
                        "RoleGrantPermission",
                        "RoleRevokePermission")
                .build();
    }
}
