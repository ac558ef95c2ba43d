package io.kvorum.store.protocol;

/**
 * Requests to the store over the bus. Bodies are binary; every member takes every request and passes on what only the
 * leader can do.
 */
public final class StoreProtocol {
    /** The role, and so the bus address, of the store's members. */
    public static final String ROLE = "store";

    /** POST: a proposal ({@code ProposalCodec}), answered by an outcome. */
    public static final String PROPOSE = "/propose";

    /** POST: a range request, answered by an outcome. */
    public static final String RANGE = "/range";

    /** GET: the newest revision, answered by a number. */
    public static final String REVISION = "/revision";

    /** GET: the index of the log up to which the leader has applied it, linearizable, answered by a number. */
    public static final String INDEX = "/index";

    /** GET: how many bytes the files of the member that is asked take, answered by a number. */
    public static final String DISK_BYTES = "/disk-bytes";

    /** POST: the id of a lease, answered by the nanoseconds it has left plus 1, or 0 when there is no such lease. */
    public static final String LEASE = "/lease";

    /** POST: a {@link WatchRequest}, answered by a stream of {@link WatchFrame}s. */
    public static final String WATCH = "/watch";

    /** GET: where the member that is asked can be reached, answered by {@link MemberEndpoints}. */
    public static final String ENDPOINTS = "/endpoints";

    /** Request header: a member passed the request on, so it is not passed on again. */
    public static final String PASSED_ON = "kvorum-passed-on";

    /** Answer header: who answers. */
    public static final String MEMBER = "kvorum-member";

    /** Answer header of what the leader did: an index of the log by which it was applied there. */
    public static final String INDEX_HEADER = "kvorum-index";

    /** Answer header: who leads, as the answering member knows it; absent while none does. */
    public static final String LEADER = "kvorum-leader";

    /** Answer header: all members, separated by commas. */
    public static final String MEMBERS = "kvorum-members";

    /** Status: not done, try again, perhaps elsewhere. */
    public static final int UNAVAILABLE = 503;

    /** Status: perhaps done. */
    public static final int INDETERMINATE = 504;

    /** Status: not understood. */
    public static final int MALFORMED = 400;

    /** Most bytes of a proposal, as in etcd. */
    public static final int MAX_REQUEST_BYTES = 1_572_864;

    private StoreProtocol() {}
}
