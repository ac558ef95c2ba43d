package io.kvorum.store.etcd;

import io.grpc.ServerServiceDefinition;
import io.kvorum.etcd.api.ClusterGrpc;
import io.kvorum.etcd.api.Member;
import io.kvorum.etcd.api.MemberListRequest;
import io.kvorum.etcd.api.MemberListResponse;
import io.kvorum.store.protocol.MemberEndpoints;
import io.kvorum.store.server.MemberDirectory;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Tells who the members are. */
final class ClusterService {
    private final MemberDirectory directory;
    private final Identities ids;
    private final Executor pool;

    ClusterService(MemberDirectory directory, Identities ids, Executor pool) {
        this.directory = directory;
        this.ids = ids;
        this.pool = pool;
    }

    ServerServiceDefinition definition() {
        return new Service(ClusterGrpc.SERVICE_NAME)
                .unary(ClusterGrpc.getMemberListMethod(), this::list)
                .refuse(EtcdErrors.MEMBERSHIP, "MemberAdd", "MemberRemove", "MemberUpdate", "MemberPromote")
                .build();
    }

    private CompletionStage<MemberListResponse> list(MemberListRequest request) {
        return directory.all().thenApplyAsync(this::list, pool);
    }

    private MemberListResponse list(Map<String, MemberEndpoints> members) {
        MemberListResponse.Builder answer = MemberListResponse.newBuilder().setHeader(ids.header());
        members.forEach((name, endpoints) -> {
            Member.Builder member = Member.newBuilder().setID(ids.idOf(name)).setName(name);
            if (!endpoints.peer().isEmpty()) {
                member.addPeerURLs(endpoints.peer());
            }
            if (!endpoints.client().isEmpty()) {
                member.addClientURLs(endpoints.client());
            }
            answer.addMembers(member);
        });
        return answer.build();
    }
}
