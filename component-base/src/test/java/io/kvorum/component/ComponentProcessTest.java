package io.kvorum.component;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes of the smallest component. */
@Timeout(120)
class ComponentProcessTest {
    /** Builds that run at the same time on one host must not meet. */
    private static final String NET = "127.205." + ProcessHandle.current().pid() % 250 + ".";

    private static final String STORE = NET + "10";
    private static final String ECHO = NET + "20";

    private final List<Process> processes = new ArrayList<>();

    @TempDir
    Path folder;

    @AfterEach
    void reap() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
    }

    private Process start(boolean full, String name, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dfull=" + full,
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                EchoMain.class.getName()));
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile())
                .start();
        processes.add(process);
        return process;
    }

    private Process member(boolean full, String name, String address, String... more) throws IOException {
        List<String> args = new ArrayList<>(List.of(
                "--name=" + name,
                "--cluster-name=" + folder.getFileName(),
                "--address=" + address,
                "--join=" + STORE + ":5701",
                "--control-socket=" + socket(name)));
        args.addAll(List.of(more));
        return start(full, name, args.toArray(String[]::new));
    }

    private Path socket(String name) {
        return folder.resolve(name + ".sock");
    }

    private String log(String name) throws IOException {
        return Files.readString(folder.resolve(name + ".log"));
    }

    private JsonNode control(String name, String request) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket(name)));
            channel.write(ByteBuffer.wrap((request + "\n").getBytes(StandardCharsets.UTF_8)));
            StringBuilder answer = new StringBuilder();
            ByteBuffer buffer = ByteBuffer.allocate(65_536);
            while (channel.read(buffer) >= 0) {
                answer.append(StandardCharsets.UTF_8.decode(buffer.flip()));
                buffer.clear();
            }
            return new ObjectMapper().readTree(answer.toString());
        }
    }

    private void awaitReady(String name, boolean wanted) throws Exception {
        long limit = System.nanoTime() + Duration.ofSeconds(40).toNanos();
        while (System.nanoTime() < limit) {
            if (Files.exists(socket(name))) {
                try {
                    if (control(name, "{\"op\":\"status\"}").path("ready").asBoolean() == wanted) {
                        return;
                    }
                } catch (IOException starting) {
                    // The file of a dead process is there until its successor replaces it.
                }
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        throw new AssertionError(name + " is not " + (wanted ? "ready" : "unready") + "; its log:\n" + log(name));
    }

    private static HttpResponse<String> get(String uri) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(uri)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private int healthPort(String name) throws IOException {
        String log = log(name);
        int at = log.indexOf("port=", log.indexOf("Serving health")) + 5;
        return Integer.parseInt(log.substring(at, log.indexOf('\n', at)).strip());
    }

    @Test
    void wrongUsageIsOneLineAndCode2() throws Exception {
        Process wrong = start(false, "wrong", "--greting=x");
        assertThat(wrong.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(wrong.exitValue()).isEqualTo(2);
        assertThat(log("wrong")).isEqualTo("kvorum echo: unknown flag: --greting; did you mean --greeting?\n");
        Process format = start(false, "format", "--log-format=xml");
        assertThat(format.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(format.exitValue()).isEqualTo(2);
        assertThat(log("format")).isEqualTo("kvorum echo: --log-format: \"xml\" must be text or json\n");
    }

    @Test
    void aComponentWaitsForItsStoreServesHealthAndStopsOrderly() throws Exception {
        // What a dead process left: replaced, not fatal.
        Files.writeString(socket("echo-0"), "");
        Process echo = member(false, "echo-0", ECHO);
        awaitReady("echo-0", false);
        assertThat(control("echo-0", "{\"op\":\"status\"}").path("notReady").toString())
                .contains("grid: not joined", "start: starting");
        String health = "http://" + ECHO + ":" + healthPort("echo-0");
        assertThat(get(health + "/livez").statusCode()).isEqualTo(200);
        assertThat(get(health + "/readyz").statusCode()).isEqualTo(500);

        Process store = member(true, "store-0", STORE);
        awaitReady("store-0", true);
        awaitReady("echo-0", true);
        assertThat(get(health + "/readyz?verbose").body())
                .isEqualTo("[+]ping ok\n[+]grid ok\n[+]start ok\n[+]shutdown ok\nreadyz check passed\n");
        assertThat(get(health + "/metrics").body()).contains("jvm_memory_used_bytes");
        assertThat(get(health + "/nothing").statusCode()).isEqualTo(404);

        JsonNode status = control("echo-0", "{\"op\":\"status\"}");
        assertThat(status.path("ok").asBoolean()).isTrue();
        assertThat(status.path("role").asText()).isEqualTo("echo");
        assertThat(status.path("pid").asLong()).isEqualTo(echo.pid());
        assertThat(status.path("leader").isNull()).isTrue();
        faultsOverTheControlSocket();

        echo.destroy();
        assertThat(echo.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(echo.exitValue()).as("SIGTERM").isZero();
        assertThat(socket("echo-0")).doesNotExist();
        assertThat(control("store-0", "{\"op\":\"shutdown\"}").path("ok").asBoolean())
                .isTrue();
        assertThat(store.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(store.exitValue()).as("control socket").isZero();
    }

    private void faultsOverTheControlSocket() throws IOException {
        assertThat(control(
                                "echo-0",
                                "{\"op\":\"fault.set\",\"id\":\"f1\",\"peers\":[\"127.205.0.99\"],\"direction\":\"in\","
                                        + "\"cut\":true,\"expiresInMillis\":60000}")
                        .path("ok")
                        .asBoolean())
                .isTrue();
        JsonNode rule =
                control("echo-0", "{\"op\":\"fault.list\"}").path("rules").path(0);
        assertThat(rule.path("id").asText()).isEqualTo("f1");
        assertThat(rule.path("direction").asText()).isEqualTo("in");
        assertThat(rule.path("expiresInMillis").asLong()).isBetween(1L, 60_000L);
        assertThat(control("echo-0", "{\"op\":\"fault.clear\"}").path("cleared").asInt())
                .isEqualTo(1);
        JsonNode wrong = control("echo-0", "{\"op\":\"fault.set\",\"id\":\"f2\",\"peers\":[]}");
        assertThat(wrong.path("ok").asBoolean()).isFalse();
        assertThat(wrong.path("error").asText()).isEqualTo("\"peers\" must list at least one IP address");
        assertThat(control("echo-0", "{\"op\":\"clock.skew\",\"offsetMillis\":-5000}")
                        .path("ok")
                        .asBoolean())
                .isTrue();
        assertThat(control("echo-0", "{\"op\":\"nothing\"}").path("error").asText())
                .startsWith("unknown op \"nothing\"; there are clock.clear, clock.skew, fault.clear");
        assertThat(control("echo-0", "not json").path("error").asText()).startsWith("not JSON");
    }

    @Test
    void aComponentSurvivesItsStoresDeathAndReturn() throws Exception {
        Process store = member(true, "store-0", STORE);
        Process echo = member(false, "echo-0", ECHO, "--log-level=debug");
        awaitReady("echo-0", true);
        store.destroyForcibly().waitFor();
        TimeUnit.SECONDS.sleep(3);
        assertThat(echo.isAlive()).isTrue();
        member(true, "store-0", STORE);
        awaitReady("store-0", true);
        long limit = System.nanoTime() + Duration.ofSeconds(40).toNanos();
        String asked = "";
        while (System.nanoTime() < limit && !asked.contains("store-0 sees 2")) {
            TimeUnit.MILLISECONDS.sleep(100);
            asked = control("store-0", "{\"op\":\"members\"}").path("text").asText();
        }
        assertThat(asked).as(log("echo-0")).isEqualTo("store-0 sees 2");
    }

    @Test
    void theEndOfItsLifelineEndsTheProcess() throws Exception {
        Process store = member(true, "store-0", STORE, "--lifeline=stdin");
        awaitReady("store-0", true);
        try (OutputStream lifeline = store.getOutputStream()) {
            lifeline.flush();
        }
        assertThat(store.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(store.exitValue()).isZero();
        assertThat(log("store-0")).contains("Stopping reason=\"lifeline ended\"");
    }

    @Test
    void aTakenPortIsFatalWithItsReason() throws Exception {
        member(true, "store-0", STORE);
        awaitReady("store-0", true);
        Process second = member(true, "store-1", STORE);
        assertThat(second.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(second.exitValue()).isEqualTo(1);
        assertThat(log("store-1")).contains("Address already in use");
    }
}
