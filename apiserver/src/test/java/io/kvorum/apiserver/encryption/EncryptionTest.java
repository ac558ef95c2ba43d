package io.kvorum.apiserver.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.MemoryStore;
import io.kvorum.store.client.Op;
import io.kvorum.store.client.RangeRequest;
import io.kvorum.store.client.Store;
import io.kvorum.store.client.StoreException;
import io.kvorum.store.client.Txn;
import io.kvorum.store.client.WatchEvent;
import io.kvorum.store.client.WatchHandler;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What lies in the store, and that it comes out as it was. */
class EncryptionTest {
    private static final String SECRET = "/registry/core/secrets/default/s";
    private final Vertx vertx = Vertx.vertx();
    private MemoryStore memory;

    @BeforeEach
    void start() {
        memory = MemoryStore.create(vertx);
    }

    @AfterEach
    void stop() throws Exception {
        memory.close();
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static String key(String name, int seed) {
        byte[] secret = new byte[32];
        Arrays.fill(secret, (byte) seed);
        return "{name: " + name + ", secret: " + Base64.getEncoder().encodeToString(secret) + "}";
    }

    private EncryptingStore store(String providers) {
        return new EncryptingStore(memory, rules(providers));
    }

    private static EncryptionRules rules(String providers) {
        return EncryptionRules.parse("apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\n"
                + "resources:\n- resources: [secrets, '*.example.com']\n  providers: [" + providers + "]\n");
    }

    private static void put(Store store, String key, String value) throws Exception {
        await(store.commit(Txn.of(new Op.Put(ByteSequence.utf8(key), ByteSequence.utf8(value), 0, false))));
    }

    private static String get(Store store, String key) throws Exception {
        return await(store.range(RangeRequest.of(KeyRange.single(ByteSequence.utf8(key)))))
                .entries()
                .get(0)
                .value()
                .toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"aesgcm", "aescbc", "secretbox"})
    void valuesAreStoredUnderTheNameOfTheirKeyAndComeBack(String cipher) throws Exception {
        Store store = store(cipher + ": {keys: [" + key("one", 1) + "]}");
        put(store, SECRET, "{\"kind\":\"Secret\"}");
        put(store, "/registry/core/configmaps/default/c", "{\"kind\":\"ConfigMap\"}");
        put(store, "/registry/example.com/toys/t", "toy");
        assertThat(get(memory, SECRET))
                .startsWith("k8s:enc:" + cipher + ":v1:one:")
                .doesNotContain("Secret");
        assertThat(get(memory, "/registry/example.com/toys/t")).startsWith("k8s:enc:" + cipher);
        assertThat(get(memory, "/registry/core/configmaps/default/c")).isEqualTo("{\"kind\":\"ConfigMap\"}");
        assertThat(get(store, SECRET)).isEqualTo("{\"kind\":\"Secret\"}");
    }

    @Test
    void aNewKeyBeforeTheOldOneRotatesAndIdentityReadsWhatWasPlain() throws Exception {
        put(memory, "/registry/core/secrets/default/plain", "old");
        put(store("aesgcm: {keys: [" + key("one", 1) + "]}"), SECRET, "value");
        Store rotated = store("{secretbox: {keys: [" + key("two", 2) + "]}}, {aesgcm: {keys: [" + key("one", 1)
                + "]}}, {identity: {}}");
        assertThat(get(rotated, SECRET)).isEqualTo("value");
        assertThat(get(rotated, "/registry/core/secrets/default/plain")).isEqualTo("old");
        put(rotated, SECRET, "value");
        assertThat(get(memory, SECRET)).startsWith("k8s:enc:secretbox:v1:two:");
    }

    @Test
    void rulesMayChangeUnderway() throws Exception {
        String one = "{aesgcm: {keys: [" + key("one", 1) + "]}}";
        String two = "{aescbc: {keys: [" + key("two", 2) + "]}}";
        EncryptingStore store = store(one);
        put(store, SECRET, "value");
        await(store.use(rules(two + ", " + one)));
        assertThat(get(store, SECRET)).isEqualTo("value");
        put(store, SECRET, "value");
        assertThat(get(memory, SECRET)).startsWith("k8s:enc:aescbc:v1:two:");
        await(store.use(rules(two)));
        assertThat(get(store, SECRET)).isEqualTo("value");
    }

    @Test
    void aValueIsBoundToItsPlaceAndToItsKey() throws Exception {
        Store store = store("aesgcm: {keys: [" + key("one", 1) + "]}");
        put(store, SECRET, "value");
        byte[] sealed = await(memory.range(RangeRequest.of(KeyRange.single(ByteSequence.utf8(SECRET)))))
                .entries()
                .get(0)
                .value()
                .array();
        String other = "/registry/core/secrets/default/other";
        await(memory.commit(Txn.of(new Op.Put(ByteSequence.utf8(other), ByteSequence.wrap(sealed), 0, false))));
        assertThatThrownBy(() -> get(store, other)).hasCauseInstanceOf(StoreException.Refused.class);
        Store without = store("identity: {}");
        assertThatThrownBy(() -> get(without, SECRET))
                .hasMessageContaining("identity transformer tried to read encrypted data");
        Store foreign = store("aesgcm: {keys: [" + key("one", 3) + "]}");
        assertThatThrownBy(() -> get(foreign, SECRET)).hasCauseInstanceOf(StoreException.Refused.class);
    }

    @Test
    void watchesSeeWhatWasWritten() throws Exception {
        Store store = store("aescbc: {keys: [" + key("one", 1) + "]}");
        CompletableFuture<String> seen = new CompletableFuture<>();
        CompletableFuture<Void> open = new CompletableFuture<>();
        vertx.runOnContext(go -> store.watch(
                        KeyRange.prefix(ByteSequence.utf8("/registry/")), 0, true, new WatchHandler() {
                            @Override
                            public void events(long revision, List<WatchEvent> events) {
                                seen.complete(events.get(0).kv().value().toString());
                            }

                            @Override
                            public void progress(long revision) {}

                            @Override
                            public void failed(StoreException cause) {
                                seen.completeExceptionally(cause);
                            }
                        })
                .onSuccess(watch -> open.complete(null)));
        open.get(10, TimeUnit.SECONDS);
        put(store, SECRET, "value");
        assertThat(seen.get(10, TimeUnit.SECONDS)).isEqualTo("value");
    }

    /** The example of NaCl's own tests (Bernstein, "Cryptography in NaCl", 10). */
    @Test
    void secretBoxIsNaCls() throws Exception {
        HexFormat hex = HexFormat.of();
        byte[] key = hex.parseHex("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389");
        byte[] nonce = hex.parseHex("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37");
        byte[] box =
                hex.parseHex("f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8"
                        + "c531a1186ac0dfc17c98dce87b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab9"
                        + "32164548e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b37973f622a43d14"
                        + "a6599b1f654cb45a74e355a5");
        byte[] stored = new byte[nonce.length + box.length];
        System.arraycopy(nonce, 0, stored, 0, nonce.length);
        System.arraycopy(box, 0, stored, nonce.length, box.length);
        byte[] plain = Ciphers.secretBox(key).open(stored, new byte[0]);
        assertThat(hex.formatHex(plain)).startsWith("be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffc");
    }

    @Test
    void aConfigurationThatMakesNoSenseIsRefused() {
        String head = "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n";
        assertThatThrownBy(() -> EncryptionRules.parse(
                        head + "- resources: [secrets]\n  providers: [{aesgcm: {keys: [{name: a, secret: YQ==}]}}]"))
                .hasMessageContaining("secret is not of the expected length, got 1");
        assertThatThrownBy(() -> EncryptionRules.parse(head + "- resources: [secrets]\n  providers: [{rot13: {}}]"))
                .hasMessageContaining("rot13");
        assertThatThrownBy(() -> EncryptionRules.parse("kind: Pod"))
                .hasMessageContaining("kind EncryptionConfiguration");
    }
}
