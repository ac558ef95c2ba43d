package io.kvorum.kubelet.volumes;

import io.kvorum.component.FileTrees;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder whose files change all at once, laid out as upstream's atomic writer does: the files lie in a folder of their
 * own, {@code ..data} links to it, each visible name links through {@code ..data}, and a change renames one link.
 */
final class AtomicFolder {
    private final Path folder;

    AtomicFolder(Path folder) {
        this.folder = folder;
    }

    /** @param mode permission bits, for example 0644 */
    record Content(byte[] bytes, int mode) {
        boolean same(Path file) throws IOException {
            return Files.isRegularFile(file) && Arrays.equals(Files.readAllBytes(file), bytes);
        }
    }

    /** Makes the folder hold exactly {@code files} (relative path to content); returns whether anything changed. */
    boolean write(Map<String, Content> files) throws IOException {
        Files.createDirectories(folder);
        Path data = folder.resolve("..data");
        @Nullable Path old = Files.exists(data) ? data.toRealPath() : null;
        if (old != null && unchanged(old, files)) {
            return false;
        }
        Path next = Files.createTempDirectory(folder, "..");
        Files.setPosixFilePermissions(next, permissions(0755));
        Set<String> tops = new HashSet<>();
        for (Map.Entry<String, Content> file : files.entrySet()) {
            Path target = next.resolve(file.getKey()).normalize();
            if (!target.startsWith(next) || target.equals(next)) {
                throw new IOException("a volume's file cannot be at " + file.getKey());
            }
            Files.createDirectories(Objects.requireNonNull(target.getParent()));
            Files.write(target, file.getValue().bytes());
            Files.setPosixFilePermissions(target, permissions(file.getValue().mode()));
            tops.add(next.relativize(target).getName(0).toString());
        }
        Path link = folder.resolve("..data_tmp");
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, Objects.requireNonNull(next.getFileName()));
        Files.move(link, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        for (String top : tops) {
            Path visible = folder.resolve(top);
            if (!Files.exists(visible, LinkOption.NOFOLLOW_LINKS)) {
                Files.createSymbolicLink(visible, Path.of("..data", top));
            }
        }
        removeOthers(tops);
        if (old != null) {
            FileTrees.delete(old);
        }
        return true;
    }

    private void removeOthers(Set<String> tops) throws IOException {
        List<Path> links;
        try (Stream<Path> all = Files.list(folder)) {
            links = all.filter(Files::isSymbolicLink).toList();
        }
        for (Path link : links) {
            String name = Objects.requireNonNull(link.getFileName()).toString();
            if (!name.equals("..data") && !tops.contains(name)) {
                Files.deleteIfExists(link);
            }
        }
    }

    private static boolean unchanged(Path old, Map<String, Content> files) throws IOException {
        Map<String, Path> present = new HashMap<>();
        Files.walkFileTree(old, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                present.put(old.relativize(file).toString(), file);
                return FileVisitResult.CONTINUE;
            }
        });
        if (!present.keySet().equals(files.keySet())) {
            return false;
        }
        for (Map.Entry<String, Content> file : files.entrySet()) {
            if (!file.getValue().same(Objects.requireNonNull(present.get(file.getKey())))) {
                return false;
            }
        }
        return true;
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] bits = {
            PosixFilePermission.OTHERS_EXECUTE,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.GROUP_EXECUTE,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.OWNER_EXECUTE,
            PosixFilePermission.OWNER_WRITE,
            PosixFilePermission.OWNER_READ
        };
        for (int i = 0; i < bits.length; i++) {
            if ((mode & 1 << i) != 0) {
                permissions.add(bits[i]);
            }
        }
        return permissions;
    }
}
