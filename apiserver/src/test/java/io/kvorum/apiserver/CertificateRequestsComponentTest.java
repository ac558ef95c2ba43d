package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.apiserver.ApiServerConfig.AuthorizationMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CertificateSigningRequests from their creation to their certificate. */
class CertificateRequestsComponentTest {
    private static final String REQUESTS = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
    private static final String SIGNER = "kubernetes.io/kube-apiserver-client";

    @TempDir
    Path folder;

    private final TestAuthority authority = new TestAuthority("CN=ours");
    private TestApiServer server;
    private Http jane;

    @BeforeEach
    void start() throws Exception {
        Path tokens =
                Files.writeString(folder.resolve("tokens.csv"), "t,jane,u-2,\"system:masters,devs\"\nb,bob,u-3,devs\n");
        List<String> issuers = List.of("https://kubernetes.default.svc.cluster.local");
        ApiServerConfig.Auth auth =
                TestApiServer.auth(false, List.of(AuthorizationMode.RBAC), tokens, List.of(), null, issuers, issuers);
        server = TestApiServer.start(0, authority.serving(folder), auth);
        jane = new Http(server, authority.client(null), "Authorization", "Bearer t");
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    static String pem(String algorithm, int size, String signature) {
        return pem(algorithm, size, signature, "CN=bob,O=devs");
    }

    private static String pem(String algorithm, int size, String signature, String subject) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(size);
            KeyPair keys = generator.generateKeyPair();
            byte[] der = new JcaPKCS10CertificationRequestBuilder(new X500Name(subject), keys.getPublic())
                    .build(new JcaContentSignerBuilder(signature).build(keys.getPrivate()))
                    .getEncoded();
            return block("CERTIFICATE REQUEST", der);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static String block(String type, byte[] der) {
        return "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(der) + "\n-----END " + type + "-----\n";
    }

    private static String request(String name, String pem, String more) {
        return "{\"metadata\":{\"name\":\"" + name + "\"},\"spec\":{\"request\":\""
                + Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII)) + "\"," + more + "}}";
    }

    private static String good(String name) {
        return request(
                name,
                pem("EC", 256, "SHA256withECDSA"),
                "\"username\":\"root\",\"uid\":\"0\",\"groups\":[\"wheel\"],\"signerName\":\"" + SIGNER
                        + "\",\"usages\":[\"client auth\"]");
    }

    private static String conditions(String... types) {
        StringBuilder list = new StringBuilder();
        for (String type : types) {
            list.append(list.isEmpty() ? "" : ",").append("{\"type\":\"" + type + "\",\"status\":\"True\"}");
        }
        return "{\"status\":{\"conditions\":[" + list + "]}}";
    }

    @Test
    void theServerSaysWhoAsks() {
        Http.Answer made = jane.post(REQUESTS, good("a"));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        assertThat(made.json().at("/spec/username").asText()).isEqualTo("jane");
        assertThat(made.json().at("/spec/uid").asText()).isEqualTo("u-2");
        assertThat(made.json().at("/spec/groups").toString())
                .isEqualTo("[\"system:masters\",\"devs\",\"system:authenticated\"]");
        assertThat(made.json().at("/status").toString()).isEqualTo("{}");
        Http.Answer changed = jane.merge(REQUESTS + "/a", "{\"spec\":{\"username\":\"root\",\"usages\":[\"any\"]}}");
        assertThat(changed.status()).as(changed.text()).isEqualTo(200);
        assertThat(changed.json().at("/spec/username").asText()).isEqualTo("jane");
        assertThat(changed.json().at("/spec/usages/0").asText()).isEqualTo("client auth");
    }

    @Test
    void aRequestIsApprovedAndSignedByItsTwoSubresources() throws Exception {
        jane.post(REQUESTS, good("a"));
        assertThat(jane.merge(REQUESTS + "/a", conditions("Approved"))
                        .json()
                        .at("/status")
                        .toString())
                .isEqualTo("{}");
        Http.Answer refused = jane.merge(REQUESTS + "/a/status", conditions("Approved"));
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.json().path("message").asText())
                .contains("status.conditions: Forbidden: updates may not add a condition of type \"Approved\"");
        Http.Answer approved = jane.merge(REQUESTS + "/a/approval", conditions("Approved"));
        assertThat(approved.status()).as(approved.text()).isEqualTo(200);
        assertThat(approved.json().at("/status/conditions/0/lastUpdateTime").asText())
                .isNotEmpty();
        assertThat(approved.json().at("/status/conditions/0/lastTransitionTime").asText())
                .isNotEmpty();
        String certificate = Base64.getEncoder()
                .encodeToString(
                        block("CERTIFICATE", authority.self.certificate().getEncoded())
                                .getBytes(StandardCharsets.US_ASCII));
        String patch = "{\"status\":{\"certificate\":\"" + certificate + "\"}}";
        assertThat(jane.merge(REQUESTS + "/a/approval", patch)
                        .json()
                        .at("/status/certificate")
                        .isMissingNode())
                .isTrue();
        Http.Answer signed = jane.merge(REQUESTS + "/a/status", patch);
        assertThat(signed.status()).as(signed.text()).isEqualTo(200);
        assertThat(signed.json().at("/status/certificate").asText()).isEqualTo(certificate);
        Http.Answer again = jane.merge(REQUESTS + "/a/status", "{\"status\":{\"certificate\":null}}");
        assertThat(again.json().path("message").asText())
                .contains("status.certificate: Forbidden: updates may not modify existing certificate content");
        assertThat(jane.get(REQUESTS + "/a/approval")
                        .json()
                        .at("/status/certificate")
                        .asText())
                .isEqualTo(certificate);
    }

    @Test
    void decisionsDoNotContradictEachOtherAndStay() {
        jane.post(REQUESTS, good("a"));
        Http.Answer both = jane.merge(REQUESTS + "/a/approval", conditions("Approved", "Denied"));
        assertThat(both.json().path("message").asText())
                .contains("status.conditions: Invalid value: \"Denied\":"
                        + " Approved and Denied conditions are mutually exclusive");
        jane.merge(REQUESTS + "/a/approval", conditions("Denied"));
        Http.Answer taken = jane.merge(REQUESTS + "/a/approval", "{\"status\":{\"conditions\":null}}");
        assertThat(taken.json().path("message").asText())
                .contains("status.conditions: Forbidden: updates may not remove a condition of type \"Denied\"");
        Http.Answer unknown = jane.merge(
                REQUESTS + "/a/approval", "{\"status\":{\"conditions\":[{\"type\":\"Denied\",\"status\":\"False\"}]}}");
        assertThat(unknown.json().path("message").asText())
                .contains("status.conditions[0].status: Unsupported value: \"False\": supported values: \"True\"");
    }

    @Test
    void whatIsWrongWithARequestIsNamed() {
        String broken = pem("EC", 256, "SHA256withECDSA").replaceFirst("CERTIFICATE REQUEST", "X");
        Http.Answer answer = jane.post(
                REQUESTS,
                request(
                        "a",
                        broken,
                        "\"signerName\":\"nodomain\",\"usages\":[\"flying\",\"any\",\"any\"],\"expirationSeconds\":599"));
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().path("message").asText())
                .contains("PEM block type must be CERTIFICATE REQUEST")
                .contains("spec.usages[0]: Unsupported value: \"flying\"")
                .contains("spec.usages[2]: Duplicate value: \"any\"")
                .contains("must be a fully qualified domain and path of the form 'example.com/signer-name'")
                .contains("spec.expirationSeconds: Invalid value: 599:"
                        + " may not specify a duration less than 600 seconds (10 minutes)");
        Http.Answer legacy = jane.post(
                REQUESTS,
                request(
                        "a",
                        pem("RSA", 2048, "SHA256withRSA"),
                        "\"signerName\":\"kubernetes.io/legacy-unknown\",\"usages\":[\"any\"]"));
        assertThat(legacy.json().path("message").asText())
                .contains("the legacy signerName is not allowed via this API version");
    }

    @Test
    void aRequestThatItsKeyDidNotSignIsRefused() throws Exception {
        String pem = pem("RSA", 2048, "SHA512withRSA");
        byte[] der = Base64.getMimeDecoder().decode(pem.substring(pem.indexOf('\n'), pem.lastIndexOf("-----END")));
        der[der.length - 1] ^= 1;
        Http.Answer answer = jane.post(
                REQUESTS,
                request(
                        "a",
                        block("CERTIFICATE REQUEST", der),
                        "\"signerName\":\"" + SIGNER + "\",\"usages\":[\"any\"]"));
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().at("/details/causes/0/field").asText()).isEqualTo("spec.request");
        assertThat(jane.post(REQUESTS, request("b", pem, "\"signerName\":\"example.com/x\",\"usages\":[\"any\"]"))
                        .status())
                .isEqualTo(201);
    }

    @Test
    void whoApprovesOrSignsMustBeAllowedToForTheSigner() throws Exception {
        Http bob = new Http(server, authority.client(null), "Authorization", "Bearer b");
        String rbac = "/apis/rbac.authorization.k8s.io/v1/";
        String objects = "{\"apiGroups\":[\"certificates.k8s.io\"],\"resources\":[\"certificatesigningrequests\","
                + "\"certificatesigningrequests/approval\",\"certificatesigningrequests/status\"],"
                + "\"verbs\":[\"get\",\"patch\",\"update\"]}";
        String signers = ",{\"apiGroups\":[\"certificates.k8s.io\"],\"resources\":[\"signers\"],"
                + "\"resourceNames\":[\"kubernetes.io/*\"],\"verbs\":[\"approve\"]}";
        jane.post(rbac + "clusterroles", "{\"metadata\":{\"name\":\"csr\"},\"rules\":[" + objects + "]}");
        jane.post(
                rbac + "clusterrolebindings",
                "{\"metadata\":{\"name\":\"csr\"},\"roleRef\":{\"apiGroup\":\"rbac.authorization.k8s.io\","
                        + "\"kind\":\"ClusterRole\",\"name\":\"csr\"},\"subjects\":[{\"kind\":\"User\","
                        + "\"apiGroup\":\"rbac.authorization.k8s.io\",\"name\":\"bob\"}]}");
        jane.post(REQUESTS, good("a"));
        Http.Answer refused = bob.merge(REQUESTS + "/a/approval", conditions("Approved"));
        assertThat(refused.status()).as(refused.text()).isEqualTo(403);
        assertThat(refused.json().path("message").asText())
                .isEqualTo("certificatesigningrequests.certificates.k8s.io \"a\" is forbidden: user not permitted to"
                        + " approve requests with signerName \"" + SIGNER + "\"");
        jane.merge(rbac + "clusterroles/csr", "{\"rules\":[" + objects + signers + "]}");
        assertThat(bob.merge(REQUESTS + "/a/approval", conditions("Approved")).status())
                .isEqualTo(200);
        assertThat(bob.merge(REQUESTS + "/a/status", conditions("Approved", "Failed"))
                        .json()
                        .path("message")
                        .asText())
                .contains("user not permitted to sign requests with signerName");
    }

    @Test
    void nobodyIsGivenACertificateOfTheMasters() {
        Http.Answer refused = jane.post(
                REQUESTS,
                request(
                        "m",
                        pem("EC", 256, "SHA256withECDSA", "CN=bob,O=devs,O=system:masters"),
                        "\"signerName\":\"" + SIGNER + "\",\"usages\":[\"client auth\"]"));
        assertThat(refused.status()).as(refused.text()).isEqualTo(403);
        assertThat(refused.json().path("message").asText())
                .endsWith("use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed");
    }
}
