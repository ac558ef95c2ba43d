package io.kvorum.bench.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class SocketOwnerTest {
    private static final String ADDRESS = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? "0100007F" : "7F000001";

    @Test
    void theInodeIsThatOfTheLineWithTheLocalEnd() throws Exception {
        InetSocketAddress end = new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0x94C);
        List<String> lines = List.of(
                "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
                "   0: " + ADDRESS + ":1F90 " + ADDRESS
                        + ":094C 01 00000000:00000000 00:00000000 00000000  0 0 4711 1 0",
                "   1: " + ADDRESS + ":094C " + ADDRESS
                        + ":1F90 01 00000000:00000000 00:00000000 00000000  0 0 4712 1 0");
        assertThat(SocketOwner.inode(lines, end)).contains("4712");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aSocketOfThisProcessIsFoundAmongTheProcessesThatAreLookedAt() throws Exception {
        long own = ProcessHandle.current().pid();
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                Socket caller = new Socket("127.0.0.1", server.getLocalPort());
                Socket accepted = server.accept()) {
            InetSocketAddress end = (InetSocketAddress) accepted.getRemoteSocketAddress();
            assertThat(caller.getLocalPort()).isEqualTo(end.getPort());
            assertThat(SocketOwner.find(end, Set.of(own))).contains(own);
            assertThat(SocketOwner.find(end, Set.of())).isEmpty();
        }
    }
}
