package io.kvorum.api.kubeconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class KubeconfigContextTest {
    @TempDir
    Path folder;

    private KubeconfigContext context(String cluster, String user) throws IOException {
        String yaml = """
            current-context: here
            contexts: [{name: there, context: {cluster: x}}, {name: here, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {server: "https://127.0.0.1:6443"%s}}]
            users: [{name: u, user: {%s}}]
            """.formatted(cluster, user);
        return KubeconfigContext.of(new Load(LoadSettings.builder().build()).loadFromString(yaml), folder);
    }

    private static String data(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void filesAreReadBesideIt() throws Exception {
        Files.writeString(folder.resolve("ca.crt"), "authority");
        Files.writeString(folder.resolve("me.crt"), "certificate");
        KubeconfigContext read = context(
                ", certificate-authority: ca.crt, tls-server-name: api",
                "client-certificate: me.crt, client-key: nowhere, client-key-data: " + data("key"));
        assertThat(read)
                .isEqualTo(new KubeconfigContext(
                        "https://127.0.0.1:6443", "api", "authority", false, "certificate", "key", "", "", ""));
    }

    /** Tokens in files are renewed; those that stand beside them are as old as the kubeconfig. */
    @Test
    void aFileWithATokenCountsBeforeAToken() throws Exception {
        Files.writeString(folder.resolve("token"), "new\n");
        assertThat(context("", "token: old, tokenFile: token").token()).isEqualTo("new");
        assertThat(context("", "token: old").token()).isEqualTo("old");
        assertThat(context("", "token: secret").toString()).doesNotContain("secret");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|exec: {command: aws}|user \"u\": exec is not supported",
                "``|auth-provider: {name: gcp}|user \"u\": auth-provider is not supported",
                ", proxy-url: \"http://proxy:3128\"|``|cluster: proxy-url is not supported",
                "``|client-key-data: eA==|client-certificate and client-key must both be specified",
                ", insecure-skip-tls-verify: true, certificate-authority-data: eA==|``|specifying a root certificates"
                        + " file with the insecure flag is not allowed",
            })
    void whatIsNotUnderstoodIsRefused(String cluster, String user, String message) {
        assertThatThrownBy(() -> context(cluster, user))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> context("", "tokenFile: nowhere"))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("nowhere");
        assertThatThrownBy(() -> KubeconfigContext.of("no kubeconfig", folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("current-context must be set");
    }
}
