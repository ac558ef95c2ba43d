package io.kvorum.apiserver.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResourceCacheTest {
    private static final List<String> NODES = List.of("", "one", "two");

    /** The indexes against a cache that has none: who is told what, and what is found where. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void watchersAreToldWhatConcernsThemAndNothingElse(long seed) {
        Random random = new Random(seed);
        ResourceCache cache = new ResourceCache(0);
        Map<Interest, Told> watchers = new HashMap<>();
        Map<Interest, List<Long>> wanted = new HashMap<>();
        TreeMap<String, ObjectVersion> model = new TreeMap<>();
        for (long revision = 1; revision <= 400; revision++) {
            Interest interest = interest(random);
            if (watchers.get(interest) == null) {
                Told told = new Told(interest);
                cache.watch(revision - 1, told);
                watchers.put(interest, told);
                wanted.put(interest, new ArrayList<>());
            } else if (random.nextInt(4) == 0) {
                cache.unwatch(watchers.remove(interest));
            }
            String path = path(random);
            ObjectVersion before = model.get(path);
            ObjectVersion after =
                    random.nextInt(3) == 0 ? null : pod(path, revision, NODES.get(random.nextInt(NODES.size())));
            if (after == null) {
                cache.delete(path, revision);
                model.remove(path);
            } else {
                cache.put(after);
                model.put(path, after);
            }
            if (before != null || after != null) {
                long at = revision;
                watchers.keySet().stream()
                        .filter(each -> concerns(each, before) || concerns(each, after))
                        .forEach(
                                each -> Objects.requireNonNull(wanted.get(each)).add(at));
            }
            assertThat(cache.watchers()).isEqualTo(watchers.size());
            String node = NODES.get(random.nextInt(NODES.size()));
            assertThat(cache.onNodeAfter(node, "a", ""))
                    .containsExactlyElementsOf(model.subMap("a/", "a0").values().stream()
                            .filter(pod -> pod.node().equals(node))
                            .toList());
            assertThat(cache.onNodeAfter(node, "", "a/3"))
                    .containsExactlyElementsOf(model.tailMap("a/3", false).values().stream()
                            .filter(pod -> pod.node().equals(node))
                            .toList());
        }
        watchers.forEach((interest, told) ->
                assertThat(told.revisions).as("%s", interest).isEqualTo(wanted.get(interest)));
        assertThat(watchers).hasSizeGreaterThan(3);
    }

    @Test
    void everyWatcherIsCutWhenAllIsForgotten() {
        ResourceCache cache = new ResourceCache(0);
        List<Told> watchers = List.of(
                new Told(Interest.EVERYTHING),
                new Told(new Interest(Interest.In.NODE, "one")),
                new Told(new Interest(Interest.In.OBJECT, "a/1")));
        watchers.forEach(watcher -> cache.watch(0, watcher));
        cache.put(pod("a/1", 1, "one"));
        cache.reset(7);
        assertThat(watchers).allSatisfy(watcher -> {
            assertThat(watcher.revisions).containsExactly(1L);
            assertThat(watcher.cut).isTrue();
        });
        assertThat(cache.watchers()).isZero();
        assertThat(cache.onNodeAfter("one", "", "")).isEmpty();
    }

    private static Interest interest(Random random) {
        Interest.In in = Interest.In.values()[random.nextInt(Interest.In.values().length)];
        return switch (in) {
            case EVERYTHING -> Interest.EVERYTHING;
            case NAMESPACE -> new Interest(in, random.nextBoolean() ? "a" : "b");
            case OBJECT -> new Interest(in, path(random));
            case NODE -> new Interest(in, NODES.get(random.nextInt(NODES.size())));
        };
    }

    private static boolean concerns(Interest interest, @Nullable ObjectVersion version) {
        return version != null
                && switch (interest.in()) {
                    case EVERYTHING -> true;
                    case NAMESPACE -> version.namespace().equals(interest.value());
                    case OBJECT -> version.path().equals(interest.value());
                    case NODE -> version.node().equals(interest.value());
                };
    }

    private static String path(Random random) {
        return (random.nextBoolean() ? "a/" : "b/") + random.nextInt(6);
    }

    private static ObjectVersion pod(String path, long revision, String node) {
        String spec = node.isEmpty() ? "{}" : "{\"nodeName\":\"" + node + "\"}";
        String json = "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"" + path.substring(2) + "\"},\"spec\":" + spec + "}";
        return new ObjectVersion(path, revision, json.getBytes(StandardCharsets.UTF_8));
    }

    private static final class Told implements Watcher {
        private final Interest interest;
        private final List<Long> revisions = new ArrayList<>();
        private boolean cut;

        Told(Interest interest) {
            this.interest = interest;
        }

        @Override
        public Interest interest() {
            return interest;
        }

        @Override
        public void changed(CacheEvent event) {
            revisions.add(event.revision());
        }

        @Override
        public void lost() {
            cut = true;
        }
    }
}
