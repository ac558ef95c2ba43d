package io.kvorum.bench.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** This process is member 0 and calls member 1, which it plays as well. */
@EnabledOnOs(OS.LINUX)
class PeerLinksTest {
    private static final String NETWORK = "127.253.77";
    private static final int HELD_MILLIS = 150;
    private static final int LIMIT_MILLIS = 10_000;

    private ServerSocket member;
    private PeerLinks links;
    private Socket caller;
    private Socket callee;

    @BeforeEach
    void connect() throws IOException {
        member = new ServerSocket(0, 5, InetAddress.getByName(NETWORK + ".2"));
        links = PeerLinks.open(NETWORK, List.of(NETWORK + ".1", NETWORK + ".2", NETWORK + ".3"), member.getLocalPort());
        links.belongs(0, ProcessHandle.current().pid());
        caller = new Socket(links.address(1), member.getLocalPort());
        callee = member.accept();
        caller.setSoTimeout(LIMIT_MILLIS);
        callee.setSoTimeout(LIMIT_MILLIS);
    }

    @AfterEach
    void close() throws IOException {
        links.close();
        caller.close();
        callee.close();
        member.close();
    }

    @Test
    void whatIsSentArrivesBothWays() throws IOException {
        caller.getOutputStream().write(7);
        assertThat(callee.getInputStream().read()).isEqualTo(7);
        callee.getOutputStream().write(8);
        assertThat(caller.getInputStream().read()).isEqualTo(8);
    }

    @Test
    void whatIsSentToAnIsolatedMemberIsHeldBackUntilItIsHealed() throws IOException {
        links.isolate(1);
        assertHeldBothWays();
    }

    @Test
    void whatAnIsolatedMemberSendsIsHeldBackUntilItIsHealed() throws IOException {
        links.isolate(0);
        assertHeldBothWays();
    }

    private void assertHeldBothWays() throws IOException {
        caller.getOutputStream().write(7);
        callee.getOutputStream().write(8);
        caller.setSoTimeout(HELD_MILLIS);
        callee.setSoTimeout(HELD_MILLIS);
        assertThatThrownBy(() -> callee.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        assertThatThrownBy(() -> caller.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        links.heal();
        caller.setSoTimeout(LIMIT_MILLIS);
        callee.setSoTimeout(LIMIT_MILLIS);
        assertThat(callee.getInputStream().read()).isEqualTo(7);
        assertThat(caller.getInputStream().read()).isEqualTo(8);
    }

    @Test
    void othersGoOnWhileAThirdMemberIsIsolated() throws IOException {
        links.isolate(2);
        caller.getOutputStream().write(7);
        assertThat(callee.getInputStream().read()).isEqualTo(7);
    }

    @Test
    void theEndOfAConnectionIsPassedOn() throws IOException {
        caller.close();
        assertThat(callee.getInputStream().read()).isEqualTo(-1);
    }
}
