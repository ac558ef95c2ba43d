package io.kvorum.kubelet.images;

import java.util.regex.Pattern;

/**
 * An image name in full: {@code nginx} is {@code docker.io/library/nginx:latest}.
 *
 * @param repository with registry, {@code docker.io/library/nginx}
 * @param tag empty when there is a digest and no tag
 * @param digest {@code sha256:...}, empty for none
 */
public record ImageReference(String repository, String tag, String digest) {
    private static final Pattern REPOSITORY =
            Pattern.compile("[a-zA-Z0-9.-]+(:\\d+)?(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)+");
    private static final Pattern TAG = Pattern.compile("[\\w][\\w.-]{0,127}");

    /** Errors: IllegalArgumentException with upstream's words when {@code name} is no image name. */
    public static ImageReference parse(String name) {
        String rest = name.trim();
        String digest = "";
        int at = rest.indexOf('@');
        if (at >= 0) {
            digest = rest.substring(at + 1);
            rest = rest.substring(0, at);
        }
        String tag = digest.isEmpty() ? "latest" : "";
        int colon = rest.lastIndexOf(':');
        if (colon > rest.lastIndexOf('/')) {
            tag = rest.substring(colon + 1);
            rest = rest.substring(0, colon);
        }
        int slash = rest.indexOf('/');
        String first = slash < 0 ? "" : rest.substring(0, slash);
        if (!first.contains(".") && !first.contains(":") && !first.equals("localhost")) {
            rest = "docker.io/" + (slash < 0 ? "library/" : "") + rest;
        } else if (first.equals("index.docker.io")) {
            rest = "docker.io" + rest.substring(slash);
        }
        if (!REPOSITORY.matcher(rest).matches()
                || !tag.isEmpty() && !TAG.matcher(tag).matches()) {
            throw new IllegalArgumentException("Failed to apply default image tag \"" + name
                    + "\": couldn't parse image name \"" + name + "\": invalid reference format");
        }
        return new ImageReference(rest, tag, digest);
    }

    @Override
    public String toString() {
        return repository + (tag.isEmpty() ? "" : ":" + tag) + (digest.isEmpty() ? "" : "@" + digest);
    }
}
