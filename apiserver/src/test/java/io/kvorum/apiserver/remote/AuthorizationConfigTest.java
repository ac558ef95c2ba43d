package io.kvorum.apiserver.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthorizationConfigTest {
    private static final Set<String> TYPES = Set.of("Node", "RBAC", "Webhook", "AlwaysAllow", "AlwaysDeny");
    private static final String HEAD =
            "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthorizationConfiguration\nauthorizers:\n";

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void write() throws Exception {
        file = Files.writeString(folder.resolve("webhook.yaml"), """
                current-context: webhook
                contexts: [{name: webhook, context: {cluster: a, user: b}}]
                clusters: [{name: a, cluster: {server: "https://authz.example.com/ask", tls-server-name: other}}]
                users: [{name: b, user: {username: me, password: secret}}]
                """);
    }

    private List<AuthorizationConfig.Entry> parse(String authorizers) {
        return AuthorizationConfig.parse(HEAD + authorizers.replace("FILE", file.toString()), TYPES);
    }

    private static final String WEBHOOK =
            "- {type: Webhook, name: w, webhook: {timeout: 3s, subjectAccessReviewVersion: v1,"
                    + " failurePolicy: Deny, connectionInfo: {type: KubeConfigFile, kubeConfigFile: FILE}%s}}\n";

    @Test
    void whoDecidesInWhichOrder() {
        List<AuthorizationConfig.Entry> entries = parse("- {type: Node, name: node}\n"
                + WEBHOOK.formatted(", unauthorizedTTL: 1m, cacheAuthorizedRequests: false,"
                        + " matchConditionSubjectAccessReviewVersion: v1,"
                        + " matchConditions: [{expression: \"request.user != 'x'\"}]")
                + WEBHOOK.formatted("").replace("name: w", "name: w2"));
        assertThat(entries.stream().map(AuthorizationConfig.Entry::type)).containsExactly("Node", "Webhook", "Webhook");
        WebhookAuthorization webhook = Objects.requireNonNull(entries.get(1).webhook());
        assertThat(webhook.name()).isEqualTo("w");
        assertThat(webhook.timeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(webhook.authorizedLife()).isEqualTo(Duration.ZERO);
        assertThat(webhook.unauthorizedLife()).isEqualTo(Duration.ofMinutes(1));
        assertThat(webhook.deniesOnError()).isTrue();
        assertThat(webhook.conditions()).hasSize(1);
        assertThat(webhook.service().server()).hasToString("https://authz.example.com/ask");
        assertThat(webhook.service().serverName()).isEqualTo("other");
        assertThat(webhook.service().authorization()).isEqualTo("Basic bWU6c2VjcmV0");
        assertThat(webhook.toString()).doesNotContain("bWU6c2VjcmV0");
        assertThat(entries.get(2).webhook()).satisfies(plain -> {
            assertThat(plain.authorizedLife()).isEqualTo(Duration.ofMinutes(5));
            assertThat(plain.unauthorizedLife()).isEqualTo(Duration.ofSeconds(30));
        });
    }

    @Test
    void theOlderVersionIsReadToo() {
        assertThat(AuthorizationConfig.parse(HEAD.replace("/v1", "/v1beta1") + "- {type: RBAC, name: rbac}\n", TYPES))
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "` []`|authorizers: Required value: at least one authorization mode must be defined",
                "- {name: a}|authorizers[0].type: Required value",
                "- {type: ABAC, name: a}|authorizers[0].type: Unsupported value: \"ABAC\": supported values: \"AlwaysAllow\","
                        + " \"AlwaysDeny\", \"Node\", \"RBAC\", \"Webhook\"",
                "- {type: RBAC}|authorizers[0].name: Required value",
                "- {type: Node, name: A_B}|authorizers[0].name: Invalid value: \"A_B\": authorizer name is invalid: a lowercase RFC"
                        + " 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end"
                        + " with an alphanumeric character (e.g. 'example.com', regex used for validation is"
                        + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
                "- {type: Node, name: a, webhook: {}}|authorizers[0].webhook: Invalid value: \"non-null\": may only be specified when"
                        + " type=Webhook",
                "- {type: Webhook, name: a}|authorizers[0].webhook: Required value: required when type=Webhook",
                "- {type: Node, name: a, mode: x}|strict decoding error: unknown field \"authorizers[0].mode\"",
            })
    void whatIsWrongIsTold(String authorizers, String why) {
        assertThatThrownBy(() -> parse(authorizers)).hasMessage(why);
    }

    @Test
    void eachTypeAndNameStandsOnce() {
        assertThatThrownBy(() -> parse("- {type: Node, name: a}\n- {type: Node, name: b}\n- {type: RBAC, name: a}\n"))
                .hasMessage(
                        "[authorizers[1].type: Duplicate value: \"Node\", authorizers[2].name: Duplicate value: \"a\"]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "timeout: 3s|timeout: 31s|authorizers[0].timeout: Invalid value: \"31s\": must be > 0s and <= 30s",
                "timeout: 3s|authorizedTTL: -1s|[authorizers[0].timeout: Required value, authorizers[0].authorizedTTL: Invalid value:"
                        + " \"-1s\": must be > 0s]",
                "subjectAccessReviewVersion: v1|subjectAccessReviewVersion: v2|authorizers[0].subjectAccessReviewVersion: Unsupported"
                        + " value: \"v2\": supported values: \"v1\", \"v1beta1\"",
                "failurePolicy: Deny|failurePolicy: Allow|authorizers[0].failurePolicy: Unsupported value: \"Allow\": supported"
                        + " values: \"NoOpinion\", \"Deny\"",
                "failurePolicy: Deny|failurePolicy: ''|authorizers[0].failurePolicy: Required value",
                "kubeConfigFile: FILE|kubeConfigFile: here|authorizers[0].connectionInfo.kubeConfigFile: Invalid value: \"here\": must"
                        + " be an absolute path",
                "kubeConfigFile: FILE|kubeConfigFile: /no/such|authorizers[0].connectionInfo.kubeConfigFile: Invalid value:"
                        + " \"/no/such\": error loading file: stat /no/such: no such file or directory",
                "kubeConfigFile: FILE|kubeConfigFile: /|authorizers[0].connectionInfo.kubeConfigFile: Invalid value: \"/\": must be a"
                        + " regular file",
                "timeout: 3s|timeout: 3s, matchConditions: [{expression: 'true'}]|authorizers[0]"
                        + ".matchConditionSubjectAccessReviewVersion: Required value: required if match conditions are specified",
                "timeout: 3s|timeout: 3s, matchConditionSubjectAccessReviewVersion: v1, matchConditions: [{expression: ' '},"
                        + " {expression: request.user}]|[authorizers[0].matchConditions[0].expression: Required value,"
                        + " authorizers[0].matchConditions[1].expression: Invalid value: \"request.user\": must evaluate to bool"
                        + " but got string]",
                "timeout: 3s|timeout: 3s, retries: 4|strict decoding error: unknown field \"authorizers[0].webhook.retries\"",
            })
    void whatIsWrongWithAWebhookIsTold(String field, String instead, String why) {
        assertThatThrownBy(() -> parse(WEBHOOK.formatted("").replace(field, instead)))
                .hasMessage(why);
    }

    @Test
    void aConditionThatSpeaksOfNothingDoesNotCompile() {
        assertThatThrownBy(
                        () -> parse(
                                WEBHOOK.formatted(
                                        ", matchConditionSubjectAccessReviewVersion: v1, matchConditions: [{expression: 'request.who == 1'}]")))
                .hasMessageStartingWith(
                        "authorizers[0].matchConditions[0].expression: Invalid value: \"request.who == 1\":"
                                + " compilation failed: ")
                .hasMessageContaining("undefined field 'who'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "current-context: webhook||current-context must be set",
                "cluster: a|cluster: c|cluster \"c\" does not exist",
                "https:|http:|server \"http://authz.example.com/ask\" must be an https URL",
                "username: me|exec: {}|user \"b\": exec is not supported",
                "username: me|client-key-data: eA==|client-certificate and client-key must both be specified",
                "tls-server-name: other|certificate-authority-data: eA==|unable to load root certificates: unable to parse bytes as"
                        + " PEM block",
            })
    void aFileThatLeadsNowhereIsRefused(String text, String instead, String why) throws Exception {
        Files.writeString(file, Files.readString(file).replace(text, instead == null ? "" : instead));
        assertThatThrownBy(() -> parse(WEBHOOK.formatted(""))).hasMessageEndingWith("error loading file: " + why);
    }
}
