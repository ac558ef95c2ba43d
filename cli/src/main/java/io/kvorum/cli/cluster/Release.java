package io.kvorum.cli.cluster;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a process is started from and what it calls itself. A running process keeps the release it was started with.
 *
 * @param version {@code v1.36.1}
 * @param dist the distribution's folder, the one with {@code lib}; empty for the launcher's own
 */
public record Release(String version, String dist) {
    private static final Pattern FORM = Pattern.compile("v?(\\d{1,4})\\.(\\d{1,4})\\.(\\d{1,4})");

    /** This build under its own name. */
    public static final Release BUILT_IN = new Release("v1.36.0", "");

    public Release {
        parts(version);
        version = version.startsWith("v") ? version : "v" + version;
    }

    private static int[] parts(String version) {
        Matcher form = FORM.matcher(version);
        if (!form.matches()) {
            throw new CommandFailure("\"" + version + "\" is no version such as v1.36.1", 2);
        }
        return new int[] {
            Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2)), Integer.parseInt(form.group(3))
        };
    }

    /** Negative when this is older than {@code other}. */
    public int compareVersion(Release other) {
        return Arrays.compare(parts(version), parts(other.version));
    }

    /** How many minor versions this is ahead of {@code other}; negative when behind, large across major versions. */
    public int minorsAhead(Release other) {
        int[] mine = parts(version);
        int[] others = parts(other.version);
        return (mine[0] - others[0]) * 1000 + mine[1] - others[1];
    }

    @JsonIgnore
    public boolean isBuiltIn() {
        return equals(BUILT_IN);
    }

    @Override
    public String toString() {
        return dist.isEmpty() ? version : version + " from " + dist;
    }
}
