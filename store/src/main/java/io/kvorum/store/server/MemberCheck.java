package io.kvorum.store.server;

import io.kvorum.store.backup.ContentHash;
import io.kvorum.store.mvcc.KeySpace;
import io.kvorum.store.mvcc.Snapshot;
import io.kvorum.store.wal.MemberFolder;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Checks members that do not run, by their folders: every file is intact, and members with the same log have the same content. */
final class MemberCheck {
    /**
     * What was found at one member.
     *
     * @param problem what is wrong, empty when nothing is
     */
    record Finding(String member, long lastIndex, long revision, long keys, long bytes, String problem) {}

    private final Map<String, MemberFolder> intact = new LinkedHashMap<>();
    private final List<Finding> findings = new ArrayList<>();

    /** Reads the folder of one member, and carries out its log to see whether all of it can be. */
    void member(String name, Path folder) {
        try {
            MemberFolder read = MemberFolder.read(folder);
            Snapshot state = replay(read, read.lastIndex());
            intact.put(name, read);
            findings.add(new Finding(name, read.lastIndex(), state.revision(), state.keyCount(), read.bytes(), ""));
        } catch (IOException e) {
            findings.add(new Finding(
                    name,
                    0,
                    0,
                    0,
                    0,
                    e instanceof NoSuchFileException ? "no data in " + folder : String.valueOf(e.getMessage())));
        }
    }

    List<Finding> findings() {
        return List.copyOf(findings);
    }

    /**
     * The content's hash by member at the newest log index that all of them have with the same entry: equal, if all is
     * well. Empty when there is no such index, because a member's snapshot is already beyond another one's log.
     */
    Map<String, String> comparable() throws IOException {
        long index = intact.values().stream()
                .mapToLong(MemberFolder::lastIndex)
                .min()
                .orElse(0);
        long oldest = intact.values().stream()
                .mapToLong(folder -> folder.snapshot().appliedIndex())
                .max()
                .orElse(0);
        while (index > oldest && !sameTermAt(index)) {
            index--;
        }
        Map<String, String> hashes = new LinkedHashMap<>();
        if (intact.size() < 2 || index < oldest) {
            return hashes;
        }
        for (Map.Entry<String, MemberFolder> member : intact.entrySet()) {
            Snapshot state = replay(member.getValue(), index);
            hashes.put(member.getKey(), ContentHash.of(state, state.revision()));
        }
        return hashes;
    }

    private boolean sameTermAt(long index) {
        return intact.values().stream()
                        .flatMap(folder -> folder.entries().stream().filter(entry -> entry.index() == index))
                        .mapToInt(MemberFolder.Entry::term)
                        .distinct()
                        .count()
                <= 1;
    }

    private static Snapshot replay(MemberFolder folder, long upTo) throws IOException {
        KeySpace keySpace = new KeySpace(folder.snapshot());
        for (MemberFolder.Entry entry : folder.entries()) {
            if (entry.index() > upTo) {
                break;
            }
            try {
                keySpace.applyEntry(entry.index(), entry.proposal());
            } catch (RuntimeException e) {
                throw new IOException("log entry " + entry.index() + " cannot be applied: " + e.getMessage(), e);
            }
        }
        return keySpace.snapshot();
    }
}
