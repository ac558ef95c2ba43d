package io.kvorum.bench.etcd;

import java.io.IOException;
import java.util.List;

/**
 * A store under measurement: processes of this machine, on loopback addresses of its own, with data of its own.
 * Not thread-safe. Closing it ends every process; its data goes with the folder that it was given.
 */
interface Contender extends AutoCloseable {
    /** Whose store it is. */
    enum Maker {
        ETCD("etcd"),
        KVORUM("Kvorum");

        private final String title;

        Maker(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }
    }

    /** What happens to the leader. */
    enum Blow {
        /** SIGKILL; the process stays down until it is over. */
        KILL("kill -9 of the leader"),
        /** SIGSTOP until it is over. */
        PAUSE("SIGSTOP of the leader"),
        /** The leader can be reached by clients, but no member by it, nor it by any. */
        PARTITION("partition of the leader");

        private final String title;

        Blow(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }
    }

    Maker maker();

    /** Starts all of it, with data that is new. Whether it serves already when this returns is its own affair. */
    void start() throws IOException;

    /** URLs of the clients' face of every member. */
    List<String> endpoints();

    /** Does something to the leader; returns when it is done. */
    void strike(Blow blow) throws IOException;

    /** Ends what {@link #strike} began: killed processes are started, paused ones go on. Does not wait for them. */
    void recover() throws IOException;

    /** SIGKILL to every member; they stay down until {@link #recover}. */
    void killAll() throws IOException;

    /** Bytes of the data folders of all members. */
    long diskBytes() throws IOException;

    /** Bytes of memory of every process. */
    List<Long> memoryBytes() throws IOException;

    @Override
    void close();
}
