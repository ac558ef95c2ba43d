package io.kvorum.component.grid;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import io.kvorum.component.Identity;
import io.kvorum.component.fault.FaultRules;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(90)
final class GridUnderFaultsTest {
    private static final int PORT = 15701;
    private static final int DIAL_MILLIS = 20_000;

    /** Builds that run at the same time on one host must not meet. */
    private static final String NET = "127.205." + ProcessHandle.current().pid() % 250 + ".";

    private static final String MEMBER = NET + "10";
    private static final String OTHER = NET + "20";

    /** Hazelcast dials an address again only when it has learned that its last connection to it has ended. */
    @Test
    void aConnectionThatIsResetBeforeItsPeerHasAnsweredIsMadeAnew() throws Exception {
        FaultRules faults = new FaultRules();
        CompletableFuture<HazelcastInstance> member = null;
        try (ServerSocket silent = new ServerSocket(PORT, 5, InetAddress.getByName(OTHER))) {
            silent.setSoTimeout(DIAL_MILLIS);
            member = CompletableFuture.supplyAsync(() -> start(faults));
            try (Socket first = silent.accept()) {
                assertThat(first.getInputStream().readNBytes(3)).asString().isEqualTo("HZC");
                faults.reset(Set.of(OTHER));
                try (Socket second = silent.accept()) {
                    assertThat(second.getInputStream().readNBytes(3)).asString().isEqualTo("HZC");
                }
            }
        } finally {
            if (member != null) {
                member.get(60, TimeUnit.SECONDS).getLifecycleService().terminate();
            }
        }
    }

    private static HazelcastInstance start(FaultRules faults) {
        GridSettings settings = new GridSettings(
                new Identity(UUID.randomUUID().toString(), "store", "store-0", MEMBER),
                UUID.randomUUID().toString(),
                PORT,
                List.of(OTHER + ":" + PORT),
                Duration.ofSeconds(4),
                Path.of("unused"));
        Config config = Grid.config(settings);
        return Grid.start(settings, config, GridMember.PLAIN, faults);
    }
}
