package io.kvorum.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyedTrustTest {
    private static final byte[] KEY = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final Clock NOW = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);
    private static final String API = "apiserver/apiserver-0";
    private static final String KUBELET_1 = "kubelet/kubelet-node-1";
    private static final String KUBELET_2 = "kubelet/kubelet-node-2";

    @TempDir
    Path folder;

    private static String derived(String purpose) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
        return HexFormat.of().formatHex(mac.doFinal(purpose.getBytes(StandardCharsets.UTF_8)));
    }

    private KeyedTrust core(String self, Clock clock) throws IOException {
        return read(self, "identity=" + self + "\ncluster-key=" + HexFormat.of().formatHex(KEY) + "\n", clock);
    }

    private KeyedTrust other(String self) throws Exception {
        String text = "identity=" + self + "\nsend-key=" + derived("send " + self) + "\nreceive-key="
                + derived("receive " + self) + "\n";
        return read(self, text, NOW);
    }

    private KeyedTrust read(String self, String text, Clock clock) throws IOException {
        Path file = Files.writeString(folder.resolve(self.replace('/', '-')), text);
        return KeyedTrust.read(file, self, clock);
    }

    private static String at(String self) {
        return self + "@127.0.0.1:7100";
    }

    @Test
    void aComponentProvesItselfToTheCoreAndTheCoreToIt() throws Exception {
        KeyedTrust api = core(API, NOW);
        KeyedTrust kubelet = other(KUBELET_1);
        assertThat(api.verify(at(KUBELET_1), API, kubelet.proof(at(KUBELET_1), API)))
                .isTrue();
        assertThat(kubelet.verify(at(API), KUBELET_1, api.proof(at(API), KUBELET_1)))
                .isTrue();
        KeyedTrust store = core("store/store-0", NOW);
        assertThat(store.verify(at(API), "store/store-0", api.proof(at(API), "store/store-0")))
                .isTrue();
    }

    @Test
    void nobodyElsesNameCanBeProved() throws Exception {
        KeyedTrust api = core(API, NOW);
        KeyedTrust kubelet = other(KUBELET_1);
        assertThat(api.verify(at(KUBELET_2), API, kubelet.proof(at(KUBELET_2), API)))
                .isFalse();
        KeyedTrust again = other(KUBELET_1);
        assertThat(api.verify(at(API), API, again.proof(at(API), API))).isFalse();
        assertThat(api.verify(at(KUBELET_1), API, Buffer.buffer())).isFalse();
    }

    @Test
    void aProofSeenByItsReceiverIsOfNoUseElsewhere() throws Exception {
        KeyedTrust api = core(API, NOW);
        KeyedTrust store = core("store/store-0", NOW);
        Buffer toKubelet = api.proof(at(API), KUBELET_1);
        assertThat(store.verify(at(API), "store/store-0", toKubelet)).isFalse();
        assertThat(other(KUBELET_2).verify(at(API), KUBELET_2, toKubelet)).isFalse();
    }

    @Test
    void componentsDoNotBelieveEachOther() throws Exception {
        KeyedTrust one = other(KUBELET_1);
        KeyedTrust two = other(KUBELET_2);
        assertThat(two.verify(at(KUBELET_1), KUBELET_2, one.proof(at(KUBELET_1), KUBELET_2)))
                .isFalse();
    }

    @Test
    void anOldProofDoesNotCountEvenIfItDidOnce() throws Exception {
        KeyedTrust kubelet = other(KUBELET_1);
        Buffer proof = kubelet.proof(at(KUBELET_1), API);
        assertThat(core(API, NOW).verify(at(KUBELET_1), API, proof)).isTrue();
        assertThat(core(API, Clock.offset(NOW, Duration.ofHours(1))).verify(at(KUBELET_1), API, proof))
                .isFalse();
        assertThat(core(API, Clock.offset(NOW, Duration.ofHours(-1))).verify(at(KUBELET_1), API, proof))
                .isFalse();
    }

    @Test
    void aCredentialOfSomebodyElseIsNotTaken() {
        assertThatThrownBy(() -> read(KUBELET_1, "identity=" + KUBELET_2 + "\n", NOW))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is the credential of \"kubelet/kubelet-node-2\", not of kubelet/kubelet-node-1");
    }
}
