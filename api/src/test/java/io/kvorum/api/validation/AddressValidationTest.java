package io.kvorum.api.validation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of IPAddresses and ServiceCIDRs. */
class AddressValidationTest {
    private static String address(String name, String parent) {
        return "{'apiVersion':'networking.k8s.io/v1','kind':'IPAddress','metadata':{'name':'" + name
                + "'},'spec':{'parentRef':" + parent + "}}";
    }

    private static String blocks(String cidrs) {
        return "{'apiVersion':'networking.k8s.io/v1','kind':'ServiceCIDR','metadata':{'name':'x'},'spec':{'cidrs':["
                + cidrs + "]}}";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "10.0.0.1|",
                "2001:db8::1|",
                "x|must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
                "010.0.0.1|must not have leading 0s",
                "::ffff:1.2.3.4|must not be an IPv4-mapped IPv6 address",
                "2001:DB8::1|must be in canonical form (\"2001:db8::1\")",
            })
    void anAddressIsNamedByItself(String name, String finding) {
        var found = assertThat(Findings.of(address(name, "{'resource':'services','name':'s','namespace':'n'}")));
        if (finding == null) {
            found.isEmpty();
        } else {
            found.containsExactly("metadata.name: Invalid value: \"" + name + "\": " + finding);
        }
    }

    @Test
    void anAddressHasAParentThatStays() {
        assertThat(Findings.of(address("10.0.0.1", "null"))).containsExactly("spec.parentRef: Required value");
        assertThat(Findings.of(address("10.0.0.1", "{}")))
                .containsExactly("spec.parentRef.resource: Required value", "spec.parentRef.name: Required value");
        String old = address("10.0.0.1", "{'resource':'services','name':'s','namespace':'n'}");
        String next = address("10.0.0.1", "{'resource':'services','name':'t','namespace':'n'}");
        assertThat(Findings.ofUpdate(old, next))
                .containsExactly(
                        "spec.parentRef: Invalid value: {\"Group\":\"\",\"Resource\":\"services\",\"Namespace\":\"n\","
                                + "\"Name\":\"t\"}: field is immutable");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "|spec.cidrs: Required value: at least one CIDR required",
                "'10.0.0.0/8','10.0.0.0/8','10.0.0.0/8'|spec.cidrs: Invalid value: {\"CIDRs\":[\"10.0.0.0/8\",\"10.0.0.0/8\","
                        + "\"10.0.0.0/8\"]}: may only hold up to 2 values",
                "'10.0.0.0/8','11.0.0.0/8'|spec.cidrs: Invalid value: [\"10.0.0.0/8\",\"11.0.0.0/8\"]: may specify no"
                        + " more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64",
                "'x'|spec.cidrs[0]: Invalid value: \"x\": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)",
                "'10.0.0.1/8'|spec.cidrs[0]: Invalid value: \"10.0.0.1/8\": must not have bits set beyond the prefix length",
                "'010.0.0.0/8'|spec.cidrs[0]: Invalid value: \"010.0.0.0/8\": must not have leading 0s in IP or prefix length",
                "'::ffff:1.2.3.0/120'|spec.cidrs[0]: Invalid value: \"::ffff:1.2.3.0/120\": must not have an IPv4-mapped IPv6"
                        + " address",
                "'10.0.0.0/8','2001:DB8::/64'|spec.cidrs[1]: Invalid value: \"2001:DB8::/64\": must be in canonical form"
                        + " (\"2001:db8::/64\")",
            })
    void aRangeOfServicesHasOneBlockOfEachFamily(String cidrs, String finding) {
        assertThat(Findings.of(blocks(cidrs == null ? "" : cidrs))).containsExactly(finding);
    }

    @Test
    void aRangeOfServicesStays() {
        assertThat(Findings.ofUpdate(blocks("'10.0.0.0/8'"), blocks("'11.0.0.0/8'")))
                .containsExactly("spec.cidrs[0]: Invalid value: \"11.0.0.0/8\": field is immutable");
        assertThat(Findings.ofUpdate(blocks("'10.0.0.0/8','2001:db8::/64'"), blocks("'10.0.0.0/8'")))
                .containsExactly("spec.cidrs: Invalid value: [\"10.0.0.0/8\"]: field is immutable");
    }

    @Test
    void aSecondFamilyMayBeAddedToARangeOfServices() {
        String one = blocks("'10.0.0.0/8'");
        assertThat(Findings.ofUpdate(one, blocks("'10.0.0.0/8','2001:db8::/64'")))
                .isEmpty();
        assertThat(Findings.ofUpdate(one, blocks("'11.0.0.0/8','2001:DB8::/64'")))
                .containsExactly(
                        "spec.cidrs[0]: Invalid value: \"11.0.0.0/8\": field is immutable",
                        "spec.cidrs[1]: Invalid value: \"2001:DB8::/64\": must be in canonical form (\"2001:db8::/64\")");
    }
}
