package io.kvorum.component;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The Kubernetes version a process reports: {@code --kubernetes-version}, which tells the processes of an upgrade apart.
 *
 * @param major as in {@code /version}
 * @param minor as in {@code /version}
 * @param patch the third number
 */
public record KubernetesVersion(int major, int minor, int patch) {
    /** What this build is, unless it is told to call itself otherwise. */
    public static final KubernetesVersion BUILT_IN = new KubernetesVersion(1, 36, 0);

    private static final Pattern FORM = Pattern.compile("v?(\\d{1,4})\\.(\\d{1,4})\\.(\\d{1,4})(\\+kvorum)?");

    /** Errors: {@link IllegalArgumentException} with what a version looks like. */
    public static KubernetesVersion parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("\"" + text + "\" is no version such as v1.36.1");
        }
        return new KubernetesVersion(
                Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2)), Integer.parseInt(form.group(3)));
    }

    /** {@code v1.36.1}. */
    @Override
    public String toString() {
        return "v" + major + "." + minor + "." + patch;
    }

    /** {@code v1.36.1+kvorum}, as {@code gitVersion} and {@code kubeletVersion} say it. */
    public String gitVersion() {
        return this + "+kvorum";
    }
}
