package io.kvorum.apiserver;

import static io.kvorum.apiserver.GuardedServer.TEAM;
import static io.kvorum.apiserver.GuardedServer.WHO;
import static io.kvorum.apiserver.GuardedServer.made;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Paths, methods and headers that might lead around authentication or authorization. */
class AuthBypassPathsComponentTest {
    private static final String HIDDEN = "aGlkZGVu";
    private static final List<String> TRICKS = List.of(
            "/api/v1/namespaces/default/secrets/s",
            "/api/v1/namespaces/default/secrets/s/",
            "/api/v1/namespaces/default/secrets/s//",
            "//api//v1//namespaces//default//secrets//s",
            "/./api/v1/namespaces/default/secrets/s",
            "/api/v1/namespaces/default/pods/../secrets/s",
            "/api/v1/namespaces/default/pods/%2e%2e/secrets/s",
            "/api/v1/namespaces/default/pods/..%2fsecrets%2fs",
            "/api/v1/namespaces/default/pods/%2e%2e%2fsecrets%2fs",
            "/api/v1/namespaces/default/configmaps/x/../../secrets/s",
            "/api/v1/namespaces/default/secrets%2fs",
            "/api/v1/namespaces/default%2fsecrets/s",
            "/api/v1/secrets/default%2fs",
            "/api/v1/secrets/default/s",
            "/api/v1/namespaces/default/Secrets/s",
            "/API/V1/namespaces/default/secrets/s",
            "/api/v1/namespaces/default/secrets;a=b/s",
            "/api/v1/namespaces/default/secrets/s;a=b",
            "/api/v1/namespaces/default/%73ecrets/s",
            "/api/v1/namespaces/default/%2573ecrets/s",
            "/api/v1/namespaces/default/secrets/s%00",
            "/api/v1/namespaces/default/secrets/s%20",
            "/api/v1/namespaces/default/secrets/s/status",
            "/api/v1/namespaces/default/secrets/s/log",
            "/api/v1/namespaces/default/secrets/s?watch=true&timeoutSeconds=1",
            "/api/v1/namespaces/default/secrets?fieldSelector=metadata.name=s",
            "/api/v1/watch/namespaces/default/secrets/s?timeoutSeconds=1",
            "/api/v1/watch/secrets?timeoutSeconds=1",
            "/api/v1/namespaces/default/pods/secrets/s",
            "/apis//v1/namespaces/default/secrets/s",
            "/apis/core/v1/namespaces/default/secrets/s",
            "/healthz/../api/v1/namespaces/default/secrets/s",
            "/healthz/%2e%2e/api/v1/namespaces/default/secrets/s",
            "/healthz%2f..%2fapi/v1/namespaces/default/secrets/s",
            "/version?/api/v1/namespaces/default/secrets/s",
            "https://127.0.0.1/api/v1/namespaces/default/secrets/s",
            "/api/v1/proxy/namespaces/default/secrets/s",
            "/api/v1/namespaces/default/services/x/proxy/../../../secrets/s");

    @TempDir
    Path folder;

    private GuardedServer guarded;

    @BeforeEach
    void start() throws Exception {
        guarded = new GuardedServer(folder);
        made(guarded.admin.post(
                TEAM + "/secrets", "{\"metadata\":{\"name\":\"s\"},\"data\":{\"k\":\"" + HIDDEN + "\"}}"));
        made(guarded.admin.post(TEAM + "/configmaps", "{\"metadata\":{\"name\":\"m\"}}"));
        guarded.bindJane("view");
    }

    @AfterEach
    void stop() throws Exception {
        guarded.close();
    }

    private static String request(String method, String target, String... headers) {
        StringBuilder text = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n");
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        return text.append("\r\n").toString();
    }

    private static int status(String answer) {
        return Integer.parseInt(answer.substring(9, 12));
    }

    @Test
    void noPathShowsWhatMayNotBeSeen() throws Exception {
        String admins = guarded.raw(request("GET", TRICKS.get(0), "Authorization: Bearer admin-token"));
        assertThat(admins).contains(HIDDEN);
        for (String path : TRICKS) {
            String answer = guarded.raw(request("GET", path, "Authorization: Bearer jane-token"));
            assertThat(answer)
                    .as(path)
                    .doesNotContain(HIDDEN)
                    .doesNotContain("\"kind\":\"Secret\"")
                    .doesNotContain("SecretList");
        }
    }

    @Test
    void noPathIsOpenToNobody() throws Exception {
        for (String path : TRICKS) {
            assertThat(status(guarded.raw(request("GET", path)))).as(path).isIn(400, 401);
        }
    }

    @Test
    void noHeaderMakesAMethodOfAnother() throws Exception {
        for (String header : List.of("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")) {
            guarded.raw(
                    request("GET", TEAM + "/configmaps/m", "Authorization: Bearer jane-token", header + ": DELETE"));
            guarded.raw(request(
                    "POST",
                    TEAM + "/configmaps/m?_method=DELETE",
                    "Authorization: Bearer jane-token",
                    header + ": DELETE",
                    "Content-Length: 0"));
        }
        assertThat(guarded.admin.get(TEAM + "/configmaps/m").status()).isEqualTo(200);
    }

    @Test
    void aMethodInSmallLettersIsNotAllowedToWhoMayRead() throws Exception {
        for (String method : List.of("get", "list", "watch", "delete", "deletecollection", "DELETECOLLECTION")) {
            String answer = guarded.raw(
                    request(method, TEAM + "/configmaps", "Authorization: Bearer jane-token", "Content-Length: 0"));
            assertThat(status(answer)).as(method).isEqualTo(403);
        }
    }

    @Test
    void namesOfAFrontProxyAreNotBelievedFromOthers() throws Exception {
        String[] said = {
            "X-Remote-User",
            "admin",
            "X-Remote-Group",
            "system:masters",
            "X-Remote-Extra-Scopes",
            "all",
            "X-Remote-Uid",
            "u-1"
        };
        Http nobody = new Http(guarded.server, guarded.authority.client(null), said);
        assertThat(nobody.get(TEAM + "/secrets").status()).isEqualTo(401);
        Http jane = guarded.bearer("jane-token", said);
        assertThat(jane.post(WHO, "{}").json().at("/status/userInfo/username").asText())
                .isEqualTo("jane");
        assertThat(jane.get(TEAM + "/secrets").status()).isEqualTo(403);
        Http bob = new Http(guarded.server, guarded.authority.client(guarded.authority.issue("CN=bob")), said);
        assertThat(bob.post(WHO, "{}").json().at("/status/userInfo/username").asText())
                .isEqualTo("bob");
        assertThat(bob.get(TEAM + "/secrets").status()).isEqualTo(403);
    }

    @Test
    void namesOfTheBusAreNotBelievedOverHttps() throws Exception {
        for (String header : List.of("Act-As", "Kvorum-Controller")) {
            Http jane = guarded.bearer("jane-token", header, "system:kube-controller-manager");
            assertThat(jane.post(WHO, "{}")
                            .json()
                            .at("/status/userInfo/username")
                            .asText())
                    .isEqualTo("jane");
        }
    }

    @Test
    void anUpgradeIsNotAWayIntoPods() throws Exception {
        made(
                guarded.admin.post(
                        TEAM + "/pods",
                        "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"nodeName\":\"n\",\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}"));
        for (String what : List.of("exec?command=id&stdout=1", "attach?stdout=1", "portforward")) {
            String answer = guarded.raw(request(
                            "GET",
                            TEAM + "/pods/p/" + what,
                            "Authorization: Bearer jane-token",
                            "Upgrade: websocket",
                            "Sec-WebSocket-Version: 13",
                            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                            "Sec-WebSocket-Protocol: v5.channel.k8s.io")
                    .replace("Connection: close", "Connection: Upgrade, close"));
            assertThat(status(answer)).as(what).isEqualTo(403);
            assertThat(guarded.jane.post(TEAM + "/pods/p/" + what, "").status())
                    .as(what)
                    .isEqualTo(403);
        }
    }

    @Test
    void aBodyThatWasNotAskedForIsNotTheNextRequest() throws Exception {
        String hidden = request("GET", TRICKS.get(0), "Authorization: Bearer admin-token");
        for (String length : List.of(
                "Content-Length: 0\r\nContent-Length: " + hidden.length(),
                "Content-Length: 0, " + hidden.length(),
                "Content-Length: +0",
                "Content-Length: 0x0",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding: chunked, identity",
                "Transfer-Encoding : chunked")) {
            String first = "POST " + WHO + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer jane-token\r\n" + length
                    + "\r\n\r\n";
            String answer = guarded.raw(first + hidden);
            assertThat(status(answer)).as(length).isIn(400, 501);
            assertThat(answer).as(length).doesNotContain(HIDDEN);
        }
    }

    @Test
    void afterTwoLengthsNothingMoreIsReadOnAConnection() throws Exception {
        String hidden = request("GET", TRICKS.get(0), "Authorization: Bearer admin-token");
        String both = "POST " + WHO + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer jane-token\r\n"
                + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
        assertThat(guarded.raw(both + hidden)).doesNotContain(HIDDEN);
    }
}
