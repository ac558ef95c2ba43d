package io.kvorum.apiserver.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ClientConnectionsTest {
    /** The server of a local cluster is known by a loopback address, from which no route leads to other machines. */
    @Test
    void whoIsOutsideIsNotDialledFromALoopbackAddress() {
        assertThat(ClientConnections.source("127.7.0.40", "login.example.com")).isNull();
        assertThat(ClientConnections.source("127.7.0.40", "10.0.0.1")).isNull();
        assertThat(ClientConnections.source("127.7.0.40", "127.0.0.1")).isEqualTo("127.7.0.40");
        assertThat(ClientConnections.source("127.7.0.40", "localhost")).isEqualTo("127.7.0.40");
        assertThat(ClientConnections.source("10.1.0.40", "login.example.com")).isEqualTo("10.1.0.40");
        assertThat(ClientConnections.source(null, "login.example.com")).isNull();
    }
}
