package io.kvorum.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.cluster.ClusterSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AddressClaimsTest {
    @TempDir
    Path temporary;

    private AddressClaims claims() {
        return new AddressClaims(temporary.resolve("claims"));
    }

    private ClusterFolder cluster(String home) {
        return new ClusterFolder(temporary.resolve(home).resolve("kvorum"));
    }

    private static void write(ClusterFolder cluster, int index) throws IOException {
        Files.createDirectories(cluster.root());
        ClusterSpec.defaults("kvorum", index).write(cluster.spec());
    }

    /** Two homes that ask before either has started anything. */
    @Test
    void clustersOfDifferentHomesGetRangesOfTheirOwn() throws IOException {
        assertThat(claims().claim(cluster("a"), index -> true)).hasValue(1);
        assertThat(claims().claim(cluster("b"), index -> true)).hasValue(2);
        assertThat(claims().claim(cluster("a"), index -> true)).hasValue(1);
    }

    @Test
    void aClusterKeepsItsRangeUntilItsSpecificationIsDeleted() throws IOException {
        ClusterFolder a = cluster("a");
        claims().claim(a, index -> true);
        write(a, 1);
        age(1);
        assertThat(claims().claim(cluster("b"), index -> true)).hasValue(2);
        Files.delete(a.spec());
        assertThat(claims().claim(cluster("c"), index -> true)).hasValue(1);
    }

    @Test
    void aClaimThatLedToNothingEnds() throws IOException {
        claims().claim(cluster("a"), index -> true);
        age(1);
        assertThat(claims().claim(cluster("b"), index -> true)).hasValue(1);
    }

    @Test
    void whatIsNotUsableIsLeftOut() throws IOException {
        assertThat(claims().claim(cluster("a"), index -> index == 7)).hasValue(7);
        assertThat(claims().claim(cluster("b"), index -> index == 7)).isEmpty();
    }

    private void age(int index) throws IOException {
        Files.setLastModifiedTime(
                temporary.resolve("claims").resolve(Integer.toString(index)),
                FileTime.from(Instant.now().minus(Duration.ofHours(1))));
    }
}
