/**
 * Requests and resumable streams over the clustered Vert.x event bus.
 *
 * <p>Design. The bus may lose, and after a partition may delay, any message. So there are only two exchanges on it:
 *
 * <ul>
 *   <li>a <em>request</em> with a deadline, answered once ({@link io.kvorum.bus.BusClient#send}); who sends it decides
 *       whether it may be sent again;
 *   <li>a <em>stream</em>: the answer to a request may announce one. The receiver then <em>pulls</em>: each pull names
 *       the stream, the sequence number wanted next and a credit in bytes, and is answered with the frames that are
 *       there, or, after the heartbeat interval, with none. A pull whose answer was lost is sent again with the same
 *       sequence number and answered with the same frames, so a lost message costs one time-out and nothing else. The
 *       sender keeps the frames of the last unacknowledged answer only; a stream that nobody pulls from for the idle
 *       limit is ended. A receiver that cannot reach the sender within the silence limit fails with {@link
 *       io.kvorum.bus.StreamLostException}: resume from the last revision seen, on any instance.
 * </ul>
 *
 * <p>Addresses are few and follow from roles: {@code role} reaches any member of the role, {@code role/name} that
 * instance. Registrations are derived from Hazelcast member attributes ({@link
 * io.kvorum.bus.cluster.MemberClusterManager}), so a split cannot lose one.
 */
@NullMarked
package io.kvorum.bus;

import org.jspecify.annotations.NullMarked;
