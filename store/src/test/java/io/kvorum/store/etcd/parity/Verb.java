package io.kvorum.store.etcd.parity;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.kvorum.etcd.api.CampaignRequest;
import io.kvorum.etcd.api.CompactionRequest;
import io.kvorum.etcd.api.DeleteRangeRequest;
import io.kvorum.etcd.api.ElectionGrpc;
import io.kvorum.etcd.api.HashKVRequest;
import io.kvorum.etcd.api.KVGrpc;
import io.kvorum.etcd.api.LeaderRequest;
import io.kvorum.etcd.api.LeaseGrantRequest;
import io.kvorum.etcd.api.LeaseGrpc;
import io.kvorum.etcd.api.LeaseKeepAliveRequest;
import io.kvorum.etcd.api.LeaseLeasesRequest;
import io.kvorum.etcd.api.LeaseRevokeRequest;
import io.kvorum.etcd.api.LeaseTimeToLiveRequest;
import io.kvorum.etcd.api.MaintenanceGrpc;
import io.kvorum.etcd.api.ProclaimRequest;
import io.kvorum.etcd.api.PutRequest;
import io.kvorum.etcd.api.RangeRequest;
import io.kvorum.etcd.api.ResignRequest;
import io.kvorum.etcd.api.TxnRequest;
import io.kvorum.etcd.api.WatchRequest;
import io.kvorum.etcd.api.lock.LockGrpc;
import io.kvorum.etcd.api.lock.LockRequest;
import io.kvorum.etcd.api.lock.UnlockRequest;
import org.jspecify.annotations.Nullable;

/** What can be asked for. */
enum Verb {
    RANGE(RangeRequest.getDefaultInstance(), KVGrpc.getRangeMethod()),
    PUT(PutRequest.getDefaultInstance(), KVGrpc.getPutMethod()),
    DELETE(DeleteRangeRequest.getDefaultInstance(), KVGrpc.getDeleteRangeMethod()),
    TXN(TxnRequest.getDefaultInstance(), KVGrpc.getTxnMethod()),
    COMPACT(CompactionRequest.getDefaultInstance(), KVGrpc.getCompactMethod()),
    GRANT(LeaseGrantRequest.getDefaultInstance(), LeaseGrpc.getLeaseGrantMethod()),
    REVOKE(LeaseRevokeRequest.getDefaultInstance(), LeaseGrpc.getLeaseRevokeMethod()),
    TIME_TO_LIVE(LeaseTimeToLiveRequest.getDefaultInstance(), LeaseGrpc.getLeaseTimeToLiveMethod()),
    LEASES(LeaseLeasesRequest.getDefaultInstance(), LeaseGrpc.getLeaseLeasesMethod()),
    HASH_KV(HashKVRequest.getDefaultInstance(), MaintenanceGrpc.getHashKVMethod()),
    LOCK(LockRequest.getDefaultInstance(), LockGrpc.getLockMethod()),
    UNLOCK(UnlockRequest.getDefaultInstance(), LockGrpc.getUnlockMethod()),
    CAMPAIGN(CampaignRequest.getDefaultInstance(), ElectionGrpc.getCampaignMethod()),
    PROCLAIM(ProclaimRequest.getDefaultInstance(), ElectionGrpc.getProclaimMethod()),
    LEADER(LeaderRequest.getDefaultInstance(), ElectionGrpc.getLeaderMethod()),
    RESIGN(ResignRequest.getDefaultInstance(), ElectionGrpc.getResignMethod()),
    /** One renewal, on a stream of its own. */
    KEEP_ALIVE(LeaseKeepAliveRequest.getDefaultInstance(), LeaseGrpc.getLeaseKeepAliveMethod()),
    /** A request on a watch stream, which is opened by the first one. */
    WATCH(WatchRequest.getDefaultInstance(), null),
    /** Waits until every watcher has seen what has happened so far. */
    SETTLE(WatchRequest.getDefaultInstance(), null),
    /** Ends a watch stream; answers all that was sent on it. */
    CLOSE(WatchRequest.getDefaultInstance(), null);

    private final Message request;
    private final @Nullable MethodDescriptor<?, ?> method;

    Verb(Message request, @Nullable MethodDescriptor<?, ?> method) {
        this.request = request;
        this.method = method;
    }

    /** An empty request. */
    Message request() {
        return request;
    }

    @SuppressWarnings("unchecked")
    MethodDescriptor<Message, Message> method() {
        if (method == null) {
            throw new IllegalStateException(this + " is no method");
        }
        return (MethodDescriptor<Message, Message>) method;
    }
}
