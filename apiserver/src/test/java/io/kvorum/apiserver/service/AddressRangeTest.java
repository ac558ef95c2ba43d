package io.kvorum.apiserver.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangeTest {
    @Test
    void neitherTheNetworkNorTheBroadcastAddressIsGivenOut() {
        AddressRange range = AddressRange.parse("10.0.0.0/24");
        assertThat(range.address(0)).isEqualTo("10.0.0.1");
        assertThat(range.index("10.0.0.1")).isZero();
        assertThat(range.index("10.0.0.254")).isEqualTo(253);
        assertThat(range.index("10.0.0.0")).isEqualTo(-1);
        assertThat(range.index("10.0.0.255")).isEqualTo(-1);
        assertThat(AddressRange.parse("10.0.0.0/20").index("10.0.3.255")).isEqualTo(1022);
    }

    /** Every address that is given out can be listened at, as kube-proxy does. */
    @ParameterizedTest
    @ValueSource(strings = {"127.5.24.254", "127.5.24.255", "127.5.25.0", "127.5.25.1"})
    void whatIsGivenOutCanBeBound(String address) throws IOException {
        boolean bound;
        try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.INET)) {
            channel.bind(new InetSocketAddress(address, 0));
            bound = true;
        } catch (IOException e) {
            bound = false;
        }
        assertThat(AddressRange.parse("127.5.16.0/20").index(address) >= 0)
                .as(address + " can be bound: " + bound)
                .isEqualTo(bound);
    }
}
