package io.kvorum.api.validation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PemCertificatesTest {
    private static final String GOOD = """
            -----BEGIN CERTIFICATE-----
            MIIBbjCCARWgAwIBAgIUQrBkm66+LVJ6cCgxBq8ofnfS+RYwCgYIKoZIzj0EAwIw
            DDEKMAgGA1UEAwwBdDAgFw0yNjExMjgwMDU5MjFaGA8yMTI2MTEwNDAwNTkyMVow
            DDEKMAgGA1UEAwwBdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABJ1vhyyE2xYm
            XvN9REq7owRIApDsT++z6HZdptyaAyotHZrPagxZPRSWzo2WrkqxtkvE8UhRPY/T
            sL7r7WHyJuWjUzBRMB0GA1UdDgQWBBQbmOU35aE3IMPaIDQ2FaHXwsk0MTAfBgNV
            HSMEGDAWgBQbmOU35aE3IMPaIDQ2FaHXwsk0MTAPBgNVHRMBAf8EBTADAQH/MAoG
            CCqGSM49BAMCA0cAMEQCIEnVH2PLZok/bJgZ7A+cru0mKSyBzyeHf1M1mux6K9l4
            AiBr9BBxK1wFt9I79pSTFuYL9HAXQ+yaphfhnVSenVLDfA==
            -----END CERTIFICATE-----
            """;

    private static final String WITH_HEADERS = GOOD.replace("CERTIFICATE-----\nMII", "CERTIFICATE-----\nA: b\n\nMII");
    private static final String GARBAGE = "-----BEGIN CERTIFICATE-----\naGFsbG8=\n-----END CERTIFICATE-----\n";
    private static final String OTHER = "-----BEGIN KEY-----\naGFsbG8=\n-----END KEY-----\n";

    @Test
    void aBundleHasOneGoodCertificate() {
        assertThat(bundle(GOOD)).isNull();
        assertThat(bundle(OTHER + GARBAGE + "text\n" + GOOD)).isNull();
        String why = "unable to load root certificates: ";
        assertThat(bundle("\n")).isEqualTo(why + "unable to parse bytes as PEM block");
        assertThat(bundle(OTHER)).isEqualTo(why + "no valid certificate authority data seen");
        assertThat(bundle(OTHER + "text")).isEqualTo(why + "unable to parse bytes as PEM block");
        assertThat(bundle(WITH_HEADERS)).isEqualTo(why + "no valid certificate authority data seen");
        assertThat(bundle(GARBAGE)).isEqualTo(why + "failed to parse certificate: x509: malformed certificate");
        assertThat(PemCertificates.shown("Ct8=")).hasToString("[]byte{0xa, 0xdf}");
    }

    @Test
    void whatIsIssuedIsCertificatesAlone() {
        assertThat(issued("")).isNull();
        assertThat(issued(GOOD + "text\n" + GOOD)).isNull();
        assertThat(issued("text")).isEqualTo("must contain at least one CERTIFICATE PEM block");
        assertThat(issued(GOOD + OTHER)).isEqualTo("only CERTIFICATE PEM blocks are allowed, found \"KEY\"");
        assertThat(issued(WITH_HEADERS)).isEqualTo("no PEM block headers are permitted");
        assertThat(issued(GOOD + GARBAGE)).isEqualTo("x509: malformed certificate");
    }

    /** A matcher that goes deeper for every header, or to the end for every beginning, would not come back. */
    @Test
    void longTextsAreReadOnce() {
        String headers =
                GOOD.replace("CERTIFICATE-----\nMII", "CERTIFICATE-----\n" + "A: b\n".repeat(200_000) + "\nMII");
        assertThat(issued(headers)).isEqualTo("no PEM block headers are permitted");
        assertThat(issued("-----BEGIN A-----\n".repeat(50_000)))
                .isEqualTo("must contain at least one CERTIFICATE PEM block");
        assertThat(issued("-----BEGIN A-----\n".repeat(50_000) + "-----END B-----\n".repeat(50_000) + GOOD))
                .isNull();
    }

    @Test
    void aBlockBeginsWhereItLastDoes() {
        assertThat(bundle("-----BEGIN CERTIFICATE-----\nlost\n" + GOOD)).isNull();
        assertThat(issued(GOOD.replace("\n", "\r\n"))).isNull();
        assertThat(issued(GOOD.replace("CERTIFICATE-----\nMII", "CERTIFICATE-----\nA: b\nMII")))
                .as("headers without an empty line behind them")
                .isEqualTo("no PEM block headers are permitted");
    }

    private static @Nullable String bundle(String pem) {
        return PemCertificates.problemOfBundle(
                Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII)));
    }

    private static @Nullable String issued(String pem) {
        return PemCertificates.problemOfIssued(pem.getBytes(StandardCharsets.US_ASCII));
    }
}
