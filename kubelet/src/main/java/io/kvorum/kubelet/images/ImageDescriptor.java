package io.kvorum.kubelet.images;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * What stands behind an image name.
 *
 * <p>Keys of a descriptor file (Java properties): {@code names} comma-separated image names, {@code *} for any run of
 * characters, a tag only where it matters; {@code tags} a regular expression of the tags that exist; {@code exec} the
 * path of a program, or {@code java} a main class of the built-in images, or {@code entrypoint} a JSON list; {@code
 * arguments} a JSON list that always comes first; {@code command} a JSON list used when the pod gives no arguments;
 * {@code provides} names a pod's {@code command} may start with to mean this program; {@code env.NAME}, in whose value
 * {@code ${tag}} stands for the tag the image was asked for by; {@code
 * workingDir}; {@code announces} true when the
 * program creates the file {@code KVORUM_READY_FILE} once it can serve, so that it does not count as ready before.
 *
 * @param entrypoint program and fixed arguments; empty when the command is everything
 * @param javaMain true when the entrypoint's first word is a main class
 */
public record ImageDescriptor(
        List<String> names,
        @Nullable Pattern tags,
        List<String> entrypoint,
        boolean javaMain,
        List<String> command,
        List<String> provides,
        Map<String, String> environment,
        String workingDir,
        boolean announces) {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** Errors: IllegalArgumentException naming the key that is wrong. */
    static ImageDescriptor parse(Properties properties, String prefix) {
        List<String> entrypoint = new ArrayList<>();
        String exec = properties.getProperty(prefix + "exec", "");
        String java = properties.getProperty(prefix + "java", "");
        if (!exec.isEmpty()) {
            entrypoint.add(exec);
        } else if (!java.isEmpty()) {
            entrypoint.add(java);
        } else {
            entrypoint.addAll(list(properties, prefix + "entrypoint"));
        }
        entrypoint.addAll(list(properties, prefix + "arguments"));
        Map<String, String> environment = new LinkedHashMap<>();
        for (String key : properties.stringPropertyNames()) {
            if (key.startsWith(prefix + "env.")) {
                environment.put(key.substring((prefix + "env.").length()), properties.getProperty(key, ""));
            }
        }
        List<String> names = words(properties.getProperty(prefix + "names", ""));
        if (names.isEmpty()) {
            throw new IllegalArgumentException(prefix + "names is missing");
        }
        String tags = properties.getProperty(prefix + "tags", "");
        try {
            return new ImageDescriptor(
                    names,
                    tags.isEmpty() ? null : Pattern.compile(tags),
                    List.copyOf(entrypoint),
                    !java.isEmpty(),
                    list(properties, prefix + "command"),
                    words(properties.getProperty(prefix + "provides", "")),
                    environment,
                    properties.getProperty(prefix + "workingDir", ""),
                    Boolean.parseBoolean(properties.getProperty(prefix + "announces", "false")));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(prefix + "tags is no regular expression: " + e.getDescription(), e);
        }
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (String word : text.split(",", -1)) {
            if (!word.isBlank()) {
                words.add(word.trim());
            }
        }
        return List.copyOf(words);
    }

    private static List<String> list(Properties properties, String key) {
        String text = properties.getProperty(key, "").trim();
        if (text.isEmpty()) {
            return List.of();
        }
        try {
            return JSON.readValue(text, new TypeReference<List<String>>() {});
        } catch (JacksonException e) {
            throw new IllegalArgumentException(key + " must be a JSON list of strings, not " + text, e);
        }
    }

    /** The environment of a container of the image under the name {@code asked}. */
    public Map<String, String> environmentFor(String asked) {
        String tag = ImageReference.parse(asked).tag();
        Map<String, String> variables = new LinkedHashMap<>();
        environment.forEach((name, value) -> variables.put(name, value.replace("${tag}", tag)));
        return variables;
    }

    boolean matches(ImageReference image) {
        return names.stream().anyMatch(name -> matches(name, image))
                && (tags == null
                        || image.tag().isEmpty()
                        || tags.matcher(image.tag()).matches());
    }

    private static boolean matches(String name, ImageReference image) {
        int slash = name.lastIndexOf('/');
        boolean tagged = name.indexOf(':', slash + 1) >= 0;
        String tag = tagged ? name.substring(name.indexOf(':', slash + 1) + 1) : "*";
        String repository = tagged ? name.substring(0, name.indexOf(':', slash + 1)) : name;
        String first = slash < 0 ? "" : repository.substring(0, repository.indexOf('/'));
        if (!first.contains(".") && !first.contains(":") && !first.equals("localhost") && !first.contains("*")) {
            repository = "docker.io/" + (slash < 0 ? "library/" : "") + repository;
        }
        return glob(repository, image.repository()) && glob(tag, image.tag());
    }

    private static boolean glob(String pattern, String text) {
        StringBuilder regex = new StringBuilder();
        for (String part : pattern.split("\\*", -1)) {
            regex.append(regex.length() == 0 ? "" : ".*").append(part.isEmpty() ? "" : Pattern.quote(part));
        }
        return pattern.equals("*") || Pattern.matches(regex.toString(), text);
    }

    /** A digest of what the image does here; stands for the digest of its content. */
    public String digest() {
        try {
            String text =
                    names + "|" + entrypoint + "|" + command + "|" + new TreeMap<>(environment) + "|" + workingDir;
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "sha256:" + HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
