package io.kvorum.apiserver.fuzz;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;

/** Makes requests from a seed: request {@code n} of a seed has always the same bytes. */
final class Grammar {
    private static final List<String> METHODS = List.of(
            "GET",
            "GET",
            "GET",
            "POST",
            "POST",
            "POST",
            "PUT",
            "PUT",
            "PATCH",
            "PATCH",
            "PATCH",
            "DELETE",
            "HEAD",
            "OPTIONS",
            "TRACE",
            "get",
            "LIST",
            "watch",
            "deletecollection",
            "CREATE",
            "create",
            "UPDATE",
            "IMPERSONATE");

    private static final List<String> TYPES = List.of(
            "application/json",
            "application/yaml",
            "application/vnd.kubernetes.protobuf",
            "application/cbor",
            "text/plain",
            "",
            "application/json; charset=\"",
            ";;;");

    private static final List<String> PATCHES = List.of(
            "application/json-patch+json",
            "application/merge-patch+json",
            "application/strategic-merge-patch+json",
            "application/apply-patch+yaml");

    private static final List<String> ACCEPTS = List.of(
            "application/json",
            "*/*",
            "application/json;as=Table;v=v1;g=meta.k8s.io,application/json",
            "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io",
            "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io",
            "application/vnd.kubernetes.protobuf",
            "application/vnd.kubernetes.protobuf;as=Table;v=v9;g=meta.k8s.io",
            "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
            "text/html",
            ";q=;,,/",
            "application/json;as=;v=;g=");

    private static final List<String> PARTS = List.of(
            "",
            ".",
            "..",
            "%2e%2e",
            "%2f",
            "%00",
            "%",
            "%zz",
            "%c0%af",
            "%ff",
            ";a=b",
            "x",
            "X",
            "a b",
            "~",
            "%20",
            "a%0d%0ab:c",
            "{}",
            "[",
            "|",
            "^",
            "namespaces",
            "watch",
            "status",
            "scale",
            "log",
            "exec",
            "proxy",
            "finalize",
            "token",
            "eviction",
            "binding",
            "portforward",
            "ephemeralcontainers",
            "v1",
            "api",
            "apis");

    private static final List<String> ROOTS = List.of(
            "/",
            "/api",
            "/apis",
            "/api/v1",
            "/apis/apps",
            "/apis/apps/v1",
            "/version",
            "/healthz",
            "/livez",
            "/readyz",
            "/metrics",
            "/openapi/v2",
            "/openapi/v3",
            "/openapi/v3/apis/apps/v1",
            "/logs",
            "/debug/pprof",
            "*",
            "",
            "http://elsewhere/api",
            "//api//v1//pods",
            "/.well-known/openid-configuration",
            "/openid/v1/jwks",
            "?");

    private static final List<String> NAMES = List.of(
            "labelSelector",
            "fieldSelector",
            "limit",
            "continue",
            "resourceVersion",
            "resourceVersionMatch",
            "watch",
            "timeout",
            "timeoutSeconds",
            "allowWatchBookmarks",
            "sendInitialEvents",
            "dryRun",
            "fieldManager",
            "force",
            "fieldValidation",
            "pretty",
            "propagationPolicy",
            "gracePeriodSeconds",
            "orphanDependents",
            "tailLines",
            "sinceSeconds",
            "sinceTime",
            "container",
            "command",
            "includeObject",
            "follow",
            "limitBytes",
            "ports",
            "preconditions",
            "ignoreStoreReadErrorWithClusterBreakingPotential");

    private static final List<String> VALUES = List.of(
            "",
            "0",
            "1",
            "-1",
            "true",
            "false",
            "maybe",
            "99999999999999999999",
            "9223372036854775807",
            "1e9",
            "1s",
            "-1s",
            "9999999999h",
            "All",
            "None",
            "Exact",
            "NotOlderThan",
            "Strict",
            "Warn",
            "Background",
            "a=b",
            "a!=b,c",
            "a in (b,c)",
            "a notin (",
            "!a",
            "a=b=c",
            "((((",
            "a in ()",
            "metadata.name=x",
            "metadata.name=x,metadata.namespace!=y",
            "spec.nodeName=",
            "status.phase=Running,",
            "=",
            "a%3Db",
            "%",
            "%zz",
            "%00",
            "%ff%fe",
            "%25",
            "\\=",
            "a\\",
            "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiJhIn0",
            "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6LTEsInN0YXJ0IjoiLi4vLi4ifQ",
            "bm90IGpzb24",
            "2026-01-01T00:00:00Z");

    private static final byte[] END = {'\r', '\n'};

    private final long seed;
    private final Specimens specimens;
    private final List<String> bearers;

    /** @param bearers tokens to choose from; empty: a request without a credential */
    Grammar(long seed, Specimens specimens, List<String> bearers) {
        this.seed = seed;
        this.specimens = specimens;
        this.bearers = bearers;
    }

    FuzzRequest request(long number) {
        Random random = new Random(seed * 1_000_003L + number);
        // The first numbers of neighbouring seeds are alike.
        random.nextLong();
        Mutations mutations = new Mutations(random);
        return switch (random.nextInt(40)) {
            case 0 -> garbage(number, random, mutations);
            case 1 -> upgrade(number, random, mutations);
            case 2 -> smuggled(number, random, mutations);
            default -> plain(number, random, mutations);
        };
    }

    private FuzzRequest plain(long number, Random random, Mutations some) {
        String method = some.oneOf(METHODS);
        Specimens.Specimen specimen = some.oneOf(specimens.objects());
        String path = path(method, specimen, random, some);
        if (method.equals("POST") && random.nextInt(4) > 0) {
            path = specimen.path();
        }
        String query = query(random, some);
        String target = query.isEmpty() ? path : path + "?" + query;
        String type = random.nextInt(4) > 0 ? TYPES.get(0) : some.oneOf(TYPES);
        byte[] body = new byte[0];
        if (method.equals("PATCH")) {
            type = some.oneOf(PATCHES);
            body = patch(type, specimen, random, some);
        } else if (!List.of("GET", "HEAD", "get").contains(method) && random.nextInt(8) > 0) {
            body = random.nextInt(10) == 0 ? some.extreme() : some.spoilt(specimen.object());
        }
        List<String> headers = headers(random, some);
        if (!type.isEmpty()) {
            headers.add("Content-Type: " + type);
        }
        boolean open = target.contains("watch") || target.contains("follow") || target.contains("proxy");
        return new FuzzRequest(number, whole(method, target, headers, body, random), true, open);
    }

    private String path(String method, Specimens.Specimen specimen, Random random, Mutations some) {
        String name = random.nextInt(4) == 0 ? "n" + random.nextInt(5) : specimen.name();
        boolean one = !method.equals("POST");
        String path = switch (random.nextInt(10)) {
            case 0 -> some.oneOf(ROOTS);
            case 1 -> some.oneOf(specimens.collections()) + (random.nextBoolean() ? "/" + name : "");
            case 2 -> specimen.path() + "/" + name + "/" + some.oneOf(PARTS);
            case 3 -> specimen.path() + "/" + name + "/status";
            default -> specimen.path() + (one && random.nextInt(6) > 0 ? "/" + name : "");
        };
        int spoilt = random.nextInt(10) == 0 ? 1 + random.nextInt(3) : 0;
        for (int i = 0; i < spoilt; i++) {
            int at = random.nextInt(path.length() + 1);
            path = path.substring(0, at) + (random.nextBoolean() ? "/" : "") + some.oneOf(PARTS) + path.substring(at);
        }
        if (random.nextInt(300) == 0) {
            path += "/" + "a".repeat(some.oneOf(List.of(300, 8_000, 70_000)));
        }
        // Neither would be one request any more.
        return path.replace(' ', '+').replace("\r", "");
    }

    private static String query(Random random, Mutations some) {
        if (random.nextInt(3) > 0) {
            return "";
        }
        List<String> pairs = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(4); i++) {
            String value = some.oneOf(VALUES).replace(' ', '+');
            pairs.add(random.nextInt(12) == 0 ? value : some.oneOf(NAMES) + "=" + value);
        }
        return String.join("&", pairs);
    }

    private byte[] patch(String type, Specimens.Specimen specimen, Random random, Mutations some) {
        if (random.nextInt(10) == 0) {
            return some.extreme();
        }
        if (!type.contains("json-patch")) {
            return some.spoilt(specimen.object());
        }
        StringBuilder operations = new StringBuilder("[");
        for (int i = 0; i <= random.nextInt(4); i++) {
            String at = some.oneOf(List.of(
                    "/metadata/labels/a",
                    "/spec",
                    "",
                    "/",
                    "/metadata/name",
                    "/data/a~1b",
                    "/~",
                    "/spec/containers/-",
                    "/spec/containers/99999999999",
                    "/spec/containers/-1",
                    "/metadata/labels/a/b/c",
                    "a"));
            operations
                    .append(i == 0 ? "" : ",")
                    .append("{\"op\":\"" + some.oneOf(List.of("add", "remove", "replace", "move", "copy", "test", "x"))
                            + "\",\"path\":\"" + at + "\",\"from\":\"/metadata\",\"value\":"
                            + some.oneOf(Mutations.RAW_VALUES) + "}");
        }
        return some.spoilt(operations.append(']').toString().getBytes(StandardCharsets.UTF_8));
    }

    private List<String> headers(Random random, Mutations some) {
        List<String> headers = new ArrayList<>();
        headers.add("Accept: " + (random.nextInt(3) > 0 ? ACCEPTS.get(0) : some.oneOf(ACCEPTS)));
        String bearer = random.nextInt(25) == 0 ? token(random, some) : some.oneOf(bearers);
        if (!bearer.isEmpty()) {
            headers.add("Authorization: Bearer " + bearer);
        }
        if (random.nextInt(25) == 0) {
            headers.add(some.oneOf(List.of("Impersonate-User: ", "Impersonate-Group: ", "Impersonate-Uid: "))
                    + some.oneOf(List.of(
                            "", "admin", "system:serviceaccount:a", "system:serviceaccount::", "system:masters")));
            headers.add("Impersonate-Extra-" + some.oneOf(List.of("a", "%", "%zz", "%2f", "")) + ": b");
        }
        if (random.nextInt(25) == 0) {
            headers.add(some.oneOf(List.of(
                    "X-Remote-User: admin",
                    "X-HTTP-Method-Override: DELETE",
                    "Content-Encoding: gzip",
                    "Expect: 200-maybe",
                    "Accept-Encoding: gzip",
                    "If-Match: \"",
                    "Host: ]",
                    "Range: bytes=-1",
                    "X-Forwarded-For: 1.2.3.4")));
        }
        if (random.nextInt(400) == 0) {
            headers.add("X-Long: " + "a".repeat(some.oneOf(List.of(5_000, 60_000, 70_000, 300_000))));
        }
        return headers;
    }

    private static String token(Random random, Mutations some) {
        Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
        String head = some.oneOf(List.of(
                "{\"alg\":\"none\"}",
                "{\"alg\":\"RS256\",\"kid\":\"../../x\"}",
                "{\"alg\":\"HS256\"}",
                "{\"alg\":1e999999}",
                "{",
                ""));
        String claims = some.oneOf(List.of(
                "{\"sub\":\"admin\"}",
                "{\"iss\":\"https://kubernetes.default.svc.cluster.local\",\"exp\":99999999999999999999}",
                "[".repeat(3_000),
                "{\"aud\":{}}"));
        return encoder.encodeToString(head.getBytes(StandardCharsets.UTF_8)) + "."
                + encoder.encodeToString(claims.getBytes(StandardCharsets.UTF_8)) + "."
                + encoder.encodeToString(some.bytes(random.nextInt(64)));
    }

    private static byte[] whole(String method, String target, List<String> headers, byte[] body, Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(body.length + 512);
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n");
        headers.forEach(header -> head.append(header).append("\r\n"));
        boolean bodiless = body.length == 0 && random.nextBoolean();
        boolean chunked = !bodiless && random.nextInt(8) == 0;
        if (chunked) {
            head.append("Transfer-Encoding: chunked\r\n");
        } else if (!bodiless) {
            head.append("Content-Length: " + body.length + "\r\n");
        }
        out.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        if (!chunked) {
            out.writeBytes(body);
            return out.toByteArray();
        }
        for (int at = 0; at < body.length; ) {
            int size = Math.min(body.length - at, 1 + random.nextInt(5_000));
            out.writeBytes((Integer.toHexString(size) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.write(body, at, size);
            out.writeBytes(END);
            at += size;
        }
        out.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }

    /** Bytes of other protocols: HTTP/2 frames, TLS, nothing known. */
    private static FuzzRequest garbage(long number, Random random, Mutations some) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (random.nextBoolean()) {
            out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            for (int frame = 0; frame < random.nextInt(8); frame++) {
                int length = random.nextInt(40);
                out.writeBytes(new byte[] {0, 0, (byte) length, (byte) random.nextInt(11), (byte) random.nextInt(256)});
                out.writeBytes(new byte[] {0, 0, 0, (byte) random.nextInt(6)});
                out.writeBytes(some.bytes(random.nextInt(6) == 0 ? length / 2 : length));
            }
        } else {
            out.writeBytes(some.bytes(1 + random.nextInt(200)));
        }
        return new FuzzRequest(number, out.toByteArray(), false, false);
    }

    /** Streams into a pod, asked for in three ways, and then no frame of any of them. */
    private FuzzRequest upgrade(long number, Random random, Mutations some) {
        String to = some.oneOf(List.of("websocket", "SPDY/3.1", "h2c", "x"));
        String path = specimens.objects().get(0).path() + "/"
                + some.oneOf(List.of("n0/exec?command=a", "n0/portforward?ports=1", "n0/attach", "", "?watch=1"));
        List<String> headers = headers(random, some);
        headers.add("Connection: Upgrade");
        headers.add("Upgrade: " + to);
        headers.add("Sec-WebSocket-Version: " + some.oneOf(List.of("13", "8", "x")));
        headers.add("Sec-WebSocket-Key: " + some.oneOf(List.of("dGhlIHNhbXBsZSBub25jZQ==", "", "a")));
        headers.add("Sec-WebSocket-Protocol: " + some.oneOf(List.of("v5.channel.k8s.io", "", ",", "x")));
        byte[] head = whole(random.nextInt(3) == 0 ? "POST" : "GET", path, headers, new byte[0], random);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(head);
        out.writeBytes(some.bytes(random.nextInt(100)));
        return new FuzzRequest(number, out.toByteArray(), false, false);
    }

    /** Requests whose end two readers may see at two places, or that have none. */
    private FuzzRequest smuggled(long number, Random random, Mutations some) {
        ObjectNode object = some.oneOf(specimens.objects()).object();
        String path = specimens.objects().get(0).path();
        String body = object.toString();
        String lengths = some.oneOf(List.of(
                "Content-Length: 5\r\nTransfer-Encoding: chunked",
                "Content-Length: 5\r\nContent-Length: 7",
                "Content-Length: -1",
                "Content-Length: +5",
                "Content-Length: 99999999999999999999",
                "Content-Length: 4000000",
                "Transfer-Encoding: chunked, identity",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding : chunked",
                " Transfer-Encoding: chunked",
                "Content-Length: " + (body.length() + 10)));
        String bearer = some.oneOf(bearers);
        String text = "POST " + path + " HTTP/1." + random.nextInt(3) + "\r\nHost: localhost\r\n"
                + (bearer.isEmpty() ? "" : "Authorization: Bearer " + bearer + "\r\n") + lengths + "\r\n\r\n"
                + some.oneOf(List.of(
                        "", "0\r\n\r\n", "fffffffffffffff\r\n", "zz\r\n", "5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n"))
                + body;
        return new FuzzRequest(number, some.spoilt(text.getBytes(StandardCharsets.UTF_8)), false, false);
    }
}
