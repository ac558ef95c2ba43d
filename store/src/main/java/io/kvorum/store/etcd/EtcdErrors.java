package io.kvorum.store.etcd;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.kvorum.store.client.Refusal;
import io.kvorum.store.client.StoreException;
import java.util.concurrent.CompletionException;

/** The errors of etcd's API. Clients compare code and text, so both are etcd's to the letter. */
final class EtcdErrors {
    static final Status EMPTY_KEY = Status.INVALID_ARGUMENT.withDescription("etcdserver: key is not provided");
    static final Status KEY_NOT_FOUND = Status.INVALID_ARGUMENT.withDescription("etcdserver: key not found");
    static final Status VALUE_PROVIDED = Status.INVALID_ARGUMENT.withDescription("etcdserver: value is provided");
    static final Status LEASE_PROVIDED = Status.INVALID_ARGUMENT.withDescription("etcdserver: lease is provided");
    static final Status TOO_MANY_OPS =
            Status.INVALID_ARGUMENT.withDescription("etcdserver: too many operations in txn request");
    static final Status DUPLICATE_KEY =
            Status.INVALID_ARGUMENT.withDescription("etcdserver: duplicate key given in txn request");
    static final Status INVALID_SORT = Status.INVALID_ARGUMENT.withDescription("etcdserver: invalid sort option");
    static final Status TOO_LARGE = Status.INVALID_ARGUMENT.withDescription("etcdserver: request is too large");
    static final Status COMPACTED =
            Status.OUT_OF_RANGE.withDescription("etcdserver: mvcc: required revision has been compacted");
    static final Status FUTURE_REVISION =
            Status.OUT_OF_RANGE.withDescription("etcdserver: mvcc: required revision is a future revision");
    static final Status NO_SPACE =
            Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: mvcc: database space exceeded");
    static final Status LEASE_NOT_FOUND = Status.NOT_FOUND.withDescription("etcdserver: requested lease not found");
    static final Status LEASE_EXISTS = Status.FAILED_PRECONDITION.withDescription("etcdserver: lease already exists");
    static final Status LEASE_TTL_TOO_LARGE = Status.OUT_OF_RANGE.withDescription("etcdserver: too large lease TTL");
    static final Status MEMBER_NOT_FOUND = Status.NOT_FOUND.withDescription("etcdserver: member not found");
    static final Status NO_LEADER = Status.UNAVAILABLE.withDescription("etcdserver: no leader");
    static final Status STOPPED = Status.UNAVAILABLE.withDescription("etcdserver: server stopped");
    static final Status TIMEOUT = Status.UNAVAILABLE.withDescription("etcdserver: request timed out");
    static final Status AUTH_NOT_ENABLED =
            Status.FAILED_PRECONDITION.withDescription("etcdserver: authentication is not enabled");
    static final Status SESSION_EXPIRED = Status.UNKNOWN.withDescription("mutex: session is expired");
    static final Status ELECTION_NO_LEADER = Status.UNKNOWN.withDescription("election: no leader");
    static final Status NOT_LEADER = Status.UNKNOWN.withDescription("election: not leader");
    static final Status MISSING_LEADER_KEY = Status.UNKNOWN.withDescription("\"leader\" field must be provided");
    static final Status MEMBERSHIP = Status.UNIMPLEMENTED.withDescription(
            "etcdserver: members of this store are changed with \"kvorum store scale\", not by this API");
    static final Status NOT_THE_LEADER = Status.FAILED_PRECONDITION.withDescription("etcdserver: not leader");
    static final Status BAD_TRANSFEREE =
            Status.FAILED_PRECONDITION.withDescription("etcdserver: bad leader transferee");
    static final Status TRANSFER_TIMEOUT =
            Status.UNAVAILABLE.withDescription("etcdserver: request timed out, leader transfer took too long");
    static final Status DOWNGRADE =
            Status.UNIMPLEMENTED.withDescription("etcdserver: there is nothing to downgrade this store to");

    private EtcdErrors() {}

    /** The error that a failed request is answered with. */
    static StatusRuntimeException of(Throwable thrown) {
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (cause instanceof StatusRuntimeException refused) {
            return refused;
        }
        return (cause instanceof StoreException refused
                        ? status(refused)
                        : Status.INTERNAL
                                .withDescription("etcdserver: internal error: " + cause)
                                .withCause(cause))
                .asRuntimeException();
    }

    /** As {@link #of}, but refusals come without their code, as from those services of etcd that are its own clients. */
    static StatusRuntimeException ofClient(Throwable thrown) {
        StatusRuntimeException error = of(thrown);
        return switch (error.getStatus().getCode()) {
            case INVALID_ARGUMENT, NOT_FOUND, FAILED_PRECONDITION, OUT_OF_RANGE, RESOURCE_EXHAUSTED ->
                Status.UNKNOWN
                        .withDescription(error.getStatus().getDescription())
                        .asRuntimeException();
            default -> error;
        };
    }

    private static Status status(StoreException cause) {
        if (cause instanceof StoreException.Compacted) {
            return COMPACTED;
        } else if (cause instanceof StoreException.FutureRevision) {
            return FUTURE_REVISION;
        } else if (cause instanceof StoreException.Refused refused) {
            return status(refused.reason(), String.valueOf(refused.getMessage()));
        } else if (cause instanceof StoreException.Unavailable) {
            return NO_LEADER;
        }
        return TIMEOUT;
    }

    private static Status status(Refusal reason, String message) {
        return switch (reason) {
            case KEY_NOT_PROVIDED -> EMPTY_KEY;
            case KEY_NOT_FOUND -> KEY_NOT_FOUND;
            case DUPLICATE_KEY -> DUPLICATE_KEY;
            case LEASE_NOT_FOUND -> LEASE_NOT_FOUND;
            case LEASE_EXISTS -> LEASE_EXISTS;
            case LEASE_TTL -> LEASE_TTL_TOO_LARGE;
            case NO_SPACE -> NO_SPACE;
            case TOO_LARGE -> TOO_LARGE;
            case MALFORMED -> Status.INVALID_ARGUMENT.withDescription("etcdserver: " + message);
        };
    }
}
