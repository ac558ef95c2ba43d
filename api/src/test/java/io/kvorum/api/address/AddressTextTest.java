package io.kvorum.api.address;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTextTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.1,10.0.0.1",
        "010.000.0.1,10.0.0.1",
        "2001:DB8::1,2001:db8::1",
        "2001:db8:0:0:1:0:0:1,2001:db8::1:0:0:1",
        "1:0:2:0:3:0:4:0,1:0:2:0:3:0:4:0",
        "0:0:0:0:0:0:0:0,::",
        "fe80:0:0:0:0:0:0:abc,fe80::abc",
        "1:2:3:4:5:6:7::,1:2:3:4:5:6:7:0",
        "::ffff:1.2.3.4,1.2.3.4",
        "64:ff9b::1.2.3.4,64:ff9b::102:304",
    })
    void anAddressHasOneForm(String text, String form) {
        assertThat(requireNonNull(IpText.parse(text))).hasToString(form);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1.2.3",
                "1.2.3.256",
                "1.2.3.4.5",
                "a.b.c.d",
                ":",
                ":::",
                "1::2::3",
                "1:2:3:4:5:6:7:8:9",
                "::12345",
                "::1.2.3",
                "1.2.3.4:",
                "1.2.3.4::1"
            })
    void whatIsNoAddressIsNone(String text) {
        assertThat(IpText.parse(text)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "10.9.8.7/24,10.9.8.0/24,10.9.8.7/24,10.9.8.7/32",
        "10.9.8.0/024,10.9.8.0/24,10.9.8.0/24,10.9.8.0/32",
        "2001:db8::1/33,2001:db8::/33,2001:db8::1/33,2001:db8::1/128",
        "::ffff:1.2.3.4/120,1.2.3.0/24,1.2.3.4/24,1.2.3.4/128",
        "0.0.0.0/0,0.0.0.0/0,0.0.0.0/0,0.0.0.0/32",
    })
    void aBlockHasOneForm(String text, String network, String inBlock, String single) {
        CidrText block = requireNonNull(CidrText.parse(text));
        assertThat(block.network()).isEqualTo(network);
        assertThat(block.inBlock()).isEqualTo(inBlock);
        assertThat(block.single()).isEqualTo(single);
        assertThat(block.hasHostBits()).isEqualTo(!network.equals(inBlock));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1", "x/8"})
    void whatIsNoBlockIsNone(String text) {
        assertThat(CidrText.parse(text)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/24,10.0.0.255,true",
        "10.0.0.0/24,10.0.1.0,false",
        "10.0.0.0/0,1.2.3.4,true",
        "fd00::/64,fd00::1,true",
        "fd00::/64,fd00:0:0:1::1,false",
        "fd00::/64,10.0.0.1,false",
    })
    void aBlockKnowsItsAddresses(String block, String address, boolean inside) {
        assertThat(requireNonNull(CidrText.parse(block)).contains(requireNonNull(IpText.parse(address))))
                .isEqualTo(inside);
    }

    @ParameterizedTest
    @ValueSource(strings = {"example.org/8", "10.0.0.0/33", "10.0.0.0"})
    void aNameOrAnAddressAloneIsNoBlock(String text) {
        assertThat(CidrText.parse(text)).isNull();
    }
}
