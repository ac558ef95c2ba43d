package io.kvorum.api.validation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CertificateRequestValidationTest {
    private static final String REQUEST = "{'apiVersion':'certificates.k8s.io/v1','kind':'CertificateSigningRequest',"
            + "'metadata':{'name':'r'},'spec':{'request':'','signerName':'a.b/c','usages':['client auth']%s}}";
    private static final String LABEL =
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or"
                    + " '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for"
                    + " validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
    private static final String SUBDOMAIN = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric"
            + " characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex"
            + " used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    /** All findings but the one about the request itself, which is none here. */
    private static List<String> of(String more) {
        return Findings.of(String.format(REQUEST, more)).stream()
                .filter(finding -> !finding.startsWith("spec.request: "))
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a.b|must be a fully qualified domain and path of the form 'example.com/signer-name'",
                "a/c|should be a domain with at least two segments separated by dots",
            })
    void aSignerHasADomainAndAPath(String name, String finding) {
        assertThat(of(",'signerName':'" + name + "'"))
                .containsExactly("spec.signerName: Invalid value: \"" + name.replace("/c", "") + "\": " + finding);
    }

    @Test
    void theFirstLabelThatIsWrongIsNamed() {
        assertThat(of(",'signerName':'a.-.+/c'"))
                .containsExactly("spec.signerName: Invalid value: \"a.-.+\": validating label \"-\": " + LABEL);
        assertThat(of(",'signerName':'a.b/'"))
                .containsExactly("spec.signerName: Invalid value: \"\": validating label \"\": " + SUBDOMAIN);
        assertThat(of(",'signerName':'a.b/c.-.+'"))
                .containsExactly("spec.signerName: Invalid value: \"c.-.+\": validating label \"-\": " + SUBDOMAIN);
        assertThat(of(",'signerName':'kubernetes.io/legacy-unknown'"))
                .containsExactly(
                        "spec.signerName: Invalid value: \"kubernetes.io/legacy-unknown\": the legacy signerName is"
                                + " not allowed via this API version");
    }

    @Test
    void usagesAndLifeAreLimited() {
        assertThat(of(",'usages':['any','any','x'],'expirationSeconds':599"))
                .hasSize(3)
                .anySatisfy(finding -> assertThat(finding)
                        .startsWith("spec.usages[2]: Unsupported value: \"x\": supported values: \"any\","))
                .contains(
                        "spec.usages[1]: Duplicate value: \"any\"",
                        "spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 600 seconds (10"
                                + " minutes)");
    }

    @Test
    void anIssuedCertificateStays() {
        String before = "{'certificate':'QQ==','conditions':[{'type':'Approved','status':'True'}]}";
        assertThat(status(before, "{'certificate':'Qg==','conditions':[]}"))
                .containsExactly(
                        "status.conditions: Forbidden: updates may not remove a condition of type \"Approved\"",
                        "status.certificate: Forbidden: updates may not modify existing certificate content");
        assertThat(status("{}", "{'certificate':'QQ=='}"))
                .containsExactly("status.certificate: Invalid value: \"<certificate data>\": must contain at least one"
                        + " CERTIFICATE PEM block");
    }

    private static List<String> status(String before, String after) {
        return Findings.ofStatus(String.format(REQUEST, ""), before, after).stream()
                .filter(finding -> !finding.startsWith("spec.request: "))
                .toList();
    }
}
