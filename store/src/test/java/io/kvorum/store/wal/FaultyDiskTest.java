package io.kvorum.store.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.store.wal.FaultyDisk.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultyDiskTest {
    @TempDir
    Path folder;

    private final AtomicLong nanos = new AtomicLong();
    private double drawn;
    private final FaultyDisk disk = new FaultyDisk(Disk.real(), nanos::get, () -> drawn);
    private FileChannel channel;

    @BeforeEach
    void open() throws IOException {
        channel = FileChannel.open(folder.resolve("file"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    @AfterEach
    void close() throws IOException {
        channel.close();
    }

    private static FaultyDisk.Rule rule(String id, long latencyMillis, Failure failure, double percent) {
        @Nullable Duration never = null;
        return new FaultyDisk.Rule(id, Duration.ofMillis(latencyMillis), failure, percent, never);
    }

    private void write() throws IOException {
        disk.write(channel, ByteBuffer.wrap(new byte[2000]));
    }

    @Test
    void eachFailureHitsItsOwnOperation() throws IOException {
        disk.set(rule("a", 0, Failure.FSYNC, 100));
        write();
        assertThatThrownBy(() -> disk.sync(channel)).hasMessage("fsync: Input/output error");
        disk.set(rule("a", 0, Failure.WRITE, 100));
        disk.sync(channel);
        assertThatThrownBy(this::write).hasMessage("Input/output error");
        assertThat(disk.clear("a")).isTrue();
        assertThat(disk.clear("a")).isFalse();
        write();
    }

    @Test
    void aFullDiskTakesAPartOfWholeSectors() throws IOException {
        disk.set(rule("a", 0, Failure.FULL, 100));
        assertThatThrownBy(this::write).hasMessage("No space left on device");
        assertThat(channel.size()).isEqualTo(512);
        channel.position(1000);
        assertThatThrownBy(this::write).hasMessage("No space left on device");
        assertThat(channel.size()).isEqualTo(1536);
    }

    @Test
    void whatIsAllocatedIsZeroAndLeavesThePosition() throws IOException {
        write();
        disk.allocate(channel, 2000, 200_000);
        assertThat(channel.size()).isEqualTo(200_000);
        assertThat(channel.position()).isEqualTo(2000);
        assertThat(Files.readAllBytes(folder.resolve("file"))).containsOnly(0);
    }

    @Test
    void allocationFailsAsWritesDo() throws IOException {
        disk.set(rule("a", 0, Failure.FULL, 100));
        assertThatThrownBy(() -> disk.allocate(channel, 0, 4096)).hasMessage("No space left on device");
        assertThat(channel.size()).as("a part may fit").isEqualTo(2048);
        disk.clear("a");
        disk.set(rule("b", 0, Failure.WRITE, 100));
        assertThatThrownBy(() -> disk.allocate(channel, 0, 4096)).hasMessage("Input/output error");
        disk.clear("b");
        disk.set(rule("c", 0, Failure.UNSYNCED, 100));
        disk.allocate(channel, 0, 4096);
        assertThat(channel.size()).as("a size comes before the content").isEqualTo(4096);
    }

    @Test
    void probabilityIsASharePerOperation() throws IOException {
        disk.set(rule("a", 0, Failure.WRITE, 30));
        drawn = 0.31;
        write();
        drawn = 0.29;
        assertThatThrownBy(this::write).hasMessage("Input/output error");
    }

    @Test
    void latenciesAddUp() throws IOException {
        disk.set(rule("a", 20, Failure.NONE, 100));
        disk.set(rule("b", 20, Failure.NONE, 100));
        long start = System.nanoTime();
        write();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(40_000_000L);
    }

    @Test
    void aRuleEndsByItself() {
        disk.set(new FaultyDisk.Rule("a", Duration.ZERO, Failure.WRITE, 100, Duration.ofSeconds(5)));
        assertThatThrownBy(this::write).hasMessage("Input/output error");
        nanos.addAndGet(Duration.ofSeconds(5).toNanos());
        assertThatCode(this::write).doesNotThrowAnyException();
    }

    @Test
    void impossibleRulesAreRefused() {
        assertThatThrownBy(() -> rule("", 0, Failure.WRITE, 100)).hasMessageContaining("needs an id");
        assertThatThrownBy(() -> rule("a", -1, Failure.WRITE, 100)).hasMessageContaining("must not be negative");
        assertThatThrownBy(() -> rule("a", 0, Failure.WRITE, 0)).hasMessageContaining("above 0");
    }

    @Test
    void whatWasNotSyncedIsOnlyPartlyInTheFile() throws IOException {
        drawn = 0.3;
        disk.set(rule("a", 0, Failure.UNSYNCED, 100));
        write();
        assertThat(channel.size()).isEqualTo(512);
        write();
        assertThat(channel.size()).isEqualTo(512);
        disk.clear("a");
        write();
        assertThat(channel.size()).as("in order also when the rule is gone").isEqualTo(512);
        disk.sync(channel);
        assertThat(channel.size()).isEqualTo(6000);
        write();
        assertThat(channel.size()).isEqualTo(8000);
    }
}
