package io.kvorum.testkit.collection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.testkit.collection.Event.Type;
import io.kvorum.testkit.collection.Finding.Sort;
import io.kvorum.testkit.collection.Listing.Wanted;
import io.kvorum.testkit.history.Write;
import io.kvorum.testkit.history.Write.Fate;
import io.kvorum.testkit.history.Write.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** True histories pass; each fault planted in one is found, and as what it is. */
class CollectionCheckTest {
    private static final int SEEDS = 60;

    @Test
    void trueHistoriesPass() {
        for (int seed = 0; seed < 5 * SEEDS; seed++) {
            TrueHistory history = new TrueHistory(seed);
            assertThat(CollectionCheck.of(history.recording()).toString())
                    .as("seed %d", seed)
                    .isEqualTo("nothing found");
            assertThat(CollectionCheck.of(history.withoutWatchers()).toString())
                    .as("seed %d, lists only", seed)
                    .isEqualTo("nothing found");
        }
    }

    /** Changes a watch; empty when this one has no place for the fault. */
    private interface WatchFault extends BiFunction<Watch, Random, Optional<Watch>> {}

    private interface ListFault extends BiFunction<Listing, Random, Optional<Listing>> {}

    private static Arguments watch(String what, Sort sort, WatchFault fault) {
        return Arguments.of(what, sort, planted(Watch.class, fault));
    }

    private static Arguments list(String what, Sort sort, ListFault fault) {
        return Arguments.of(what, sort, planted(Listing.class, fault));
    }

    /** Plants the fault at one place, which the seed chooses among those that have room for it. */
    private static <T extends Operation> BiFunction<Recording, Random, Recording> planted(
            Class<T> type, BiFunction<T, Random, Optional<T>> fault) {
        return (recording, random) -> {
            for (int i = 0; i < 1000; i++) {
                int client = random.nextInt(recording.clients().size());
                ClientLog log = recording.clients().get(client);
                int place = random.nextInt(log.operations().size());
                Operation operation = log.operations().get(place);
                Optional<T> changed =
                        type.isInstance(operation) ? fault.apply(type.cast(operation), random) : Optional.empty();
                if (changed.isPresent()) {
                    List<Operation> operations = new ArrayList<>(log.operations());
                    operations.set(place, changed.get());
                    List<ClientLog> clients = new ArrayList<>(recording.clients());
                    clients.set(client, new ClientLog(log.client(), operations));
                    return new Recording(recording.writes(), clients);
                }
            }
            throw new AssertionError("no place for the fault");
        };
    }

    private static Optional<Watch> events(Watch watch, UnaryOperator<List<Event>> change) {
        return Optional.of(new Watch(watch.server(), watch.from(), change.apply(new ArrayList<>(watch.events()))));
    }

    private static Optional<Listing> items(Listing list, Random random, UnaryOperator<List<Sighting>> change) {
        List<Page> pages = new ArrayList<>(list.pages());
        int place = random.nextInt(pages.size());
        Page page = pages.get(place);
        if (page.items().size() < 2) {
            return Optional.empty();
        }
        pages.set(place, new Page(page.server(), page.resourceVersion(), change.apply(new ArrayList<>(page.items()))));
        return Optional.of(new Listing(
                list.wanted(), list.wantedVersion(), pages, list.whole(), list.sentNanos(), list.endedNanos()));
    }

    /** The place of an event of the watch that is no bookmark and not the last event; negative when there is none. */
    private static int inner(Watch watch, Random random) {
        if (watch.events().size() < 3) {
            return -1;
        }
        int place = random.nextInt(watch.events().size() - 2);
        return watch.events().get(place).type() == Type.BOOKMARK ? -1 : place;
    }

    private static Optional<Watch> atEvent(
            Watch watch, Random random, BiFunction<List<Event>, Integer, List<Event>> change) {
        int place = inner(watch, random);
        return place < 0 ? Optional.empty() : events(watch, events -> change.apply(events, place));
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                watch(
                        "an event is left out",
                        Sort.GAP,
                        (watch, random) -> atEvent(watch, random, (events, place) -> {
                            events.remove((int) place);
                            return events;
                        })),
                watch("a watch is resumed too late", Sort.GAP, (watch, random) -> {
                    int place = inner(watch, random);
                    return place < 0
                            ? Optional.empty()
                            : Optional.of(new Watch(
                                    watch.server(),
                                    watch.from(),
                                    watch.events()
                                            .subList(place + 1, watch.events().size())));
                }),
                watch(
                        "an event comes twice",
                        Sort.STEP_BACK,
                        (watch, random) -> atEvent(watch, random, (events, place) -> {
                            events.add(place + 1, events.get(place));
                            return events;
                        })),
                watch(
                        "two events are exchanged",
                        Sort.STEP_BACK,
                        (watch, random) -> atEvent(watch, random, (events, place) -> {
                                    events.add(place + 1, events.remove((int) place));
                                    return events;
                                })
                                .filter(changed -> {
                                    // a bookmark that goes before its event is another fault
                                    long from = changed.from();
                                    for (Event event : changed.events()) {
                                        if (event.resourceVersion() < from) {
                                            return true;
                                        }
                                        from = event.resourceVersion();
                                    }
                                    return false;
                                })),
                watch(
                        "a bookmark overtakes an event",
                        Sort.STEP_BACK,
                        (watch, random) -> atEvent(watch, random, (events, place) -> {
                            events.add(place, Event.bookmark(events.get(place).resourceVersion()));
                            return events;
                        })),
                watch(
                        "a bookmark hides the events of a stream that ends",
                        Sort.GAP,
                        (watch, random) -> atEvent(watch, random, (events, place) -> {
                            List<Event> cut = new ArrayList<>(events.subList(0, place));
                            cut.add(Event.bookmark(events.get(place).resourceVersion()));
                            return cut;
                        })),
                watch(
                        "an event has another type",
                        Sort.NONSENSE,
                        (watch, random) -> atEvent(watch, random, (events, place) -> {
                                    Event event = events.get(place);
                                    Type other = event.type() == Type.ADDED ? Type.MODIFIED : Type.ADDED;
                                    events.set(place, new Event(other, event.object()));
                                    return events;
                                })
                                .filter(changed -> !changed.equals(watch)
                                        && changed.events().stream()
                                                        .filter(event -> event.type() == Type.DELETED)
                                                        .count()
                                                == watch.events().stream()
                                                        .filter(event -> event.type() == Type.DELETED)
                                                        .count())),
                watch(
                        "an event has another version",
                        Sort.DISAGREEMENT,
                        (watch, random) -> atEvent(watch, random, (events, place) -> {
                                    Event event = events.get(place);
                                    Sighting object = event.object();
                                    events.set(
                                            place,
                                            new Event(
                                                    event.type(),
                                                    new Sighting(
                                                            object.name(),
                                                            object.uid(),
                                                            object.value(),
                                                            object.resourceVersion() + 1)));
                                    return events;
                                })
                                .filter(changed -> changed.events().stream()
                                        .allMatch(event -> event.type() != Type.DELETED
                                                || watch.events().contains(event)))),
                watch(
                        "an event has a value that nobody wrote",
                        Sort.PHANTOM,
                        (watch, random) -> atEvent(watch, random, (events, place) -> {
                            Event event = events.get(place);
                            Sighting object = event.object();
                            events.set(
                                    place,
                                    new Event(
                                            Type.MODIFIED,
                                            new Sighting(
                                                    object.name(),
                                                    object.uid(),
                                                    "nobody's",
                                                    object.resourceVersion())));
                            return events;
                        })),
                watch(
                        "an object changes its uid",
                        Sort.DISAGREEMENT,
                        (watch, random) -> atEvent(watch, random, (events, place) -> {
                                    Sighting object = events.get(place).object();
                                    events.set(
                                            place,
                                            new Event(
                                                    events.get(place).type(),
                                                    new Sighting(
                                                            object.name(),
                                                            "another",
                                                            object.value(),
                                                            object.resourceVersion())));
                                    return events;
                                })
                                .filter(changed -> changed.events().stream()
                                        .noneMatch(event -> event.type() == Type.DELETED
                                                && event.object().uid().equals("another")))),
                list(
                        "an object is missing",
                        Sort.MIXED_SNAPSHOT,
                        (list, random) -> items(list, random, items -> {
                            items.remove(0);
                            return items;
                        })),
                list(
                        "an object comes twice",
                        Sort.MIXED_SNAPSHOT,
                        (list, random) -> items(list, random, items -> {
                            items.add(1, items.get(0));
                            return items;
                        })),
                list("a page is of another version", Sort.MIXED_SNAPSHOT, (list, random) -> {
                    if (list.pages().size() < 2) {
                        return Optional.empty();
                    }
                    List<Page> pages = new ArrayList<>(list.pages());
                    Page last = pages.remove(pages.size() - 1);
                    pages.add(new Page(last.server(), last.resourceVersion() + 1, last.items()));
                    return Optional.of(new Listing(
                            list.wanted(),
                            list.wantedVersion(),
                            pages,
                            list.whole(),
                            list.sentNanos(),
                            list.endedNanos()));
                }),
                list("a consistent list is old", Sort.STALE_READ, (list, random) -> {
                    if (list.wanted() != Wanted.ANY || list.sentNanos() < TrueHistory.nanos(100)) {
                        return Optional.empty();
                    }
                    // what was asked for however old it is, and was old
                    return Optional.of(new Listing(
                                    Wanted.NEWEST, 0, list.pages(), list.whole(), list.sentNanos(), list.endedNanos()))
                            .filter(old -> old.resourceVersion() < 100 + old.sentNanos() / TrueHistory.nanos(1));
                }),
                list(
                        "a list is older than asked for",
                        Sort.STALE_READ,
                        (list, random) -> list.wanted() != Wanted.ANY
                                ? Optional.empty()
                                : Optional.of(new Listing(
                                        Wanted.NOT_OLDER_THAN,
                                        list.resourceVersion() + 1,
                                        list.pages(),
                                        list.whole(),
                                        list.sentNanos(),
                                        list.endedNanos()))),
                list(
                        "a list knows the future",
                        Sort.PHANTOM,
                        (list, random) -> list.resourceVersion() < 150
                                ? Optional.empty()
                                : Optional.of(new Listing(
                                        list.wanted(), list.wantedVersion(), list.pages(), list.whole(), 1, 2))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void aPlantedFaultIsFound(String what, Sort sort, BiFunction<Recording, Random, Recording> fault) {
        for (int seed = 0; seed < SEEDS; seed++) {
            Recording faulty = fault.apply(new TrueHistory(seed).recording(), new Random(seed));
            CollectionCheck.Report report = CollectionCheck.of(faulty);
            assertThat(report.counts()).as("seed %d: %s", seed, report).containsKey(sort);
        }
    }

    /** The same recording gives the same words. */
    @Test
    void isDeterministic() {
        Recording faulty = faulty(7);
        assertThat(CollectionCheck.of(faulty).toString())
                .isEqualTo(CollectionCheck.of(faulty(7)).toString())
                .startsWith("{");
    }

    private static Recording faulty(long seed) {
        return planted(
                        Watch.class,
                        (Watch watch, Random random) -> atEvent(watch, random, (events, place) -> {
                            events.remove((int) place);
                            return events;
                        }))
                .apply(new TrueHistory(seed).recording(), new Random(seed));
    }

    private static Write write(String id, Kind kind, Fate fate, long version, long at) {
        return new Write(id, kind, "a", fate, version, at, at + 1);
    }

    private static Listing listOf(long version, long at, Sighting... items) {
        return new Listing(
                Wanted.NEWEST, 0, List.of(new Page("apiserver-0", version, List.of(items))), true, at, at + 1);
    }

    /** A counterexample names the client, its server, what was left out, and shows what lies around it. */
    @Test
    void aCounterexampleCanBeRead() {
        Recording recording = new Recording(
                List.of(
                        write("v1", Kind.CREATE, Fate.ACKNOWLEDGED, 11, 1),
                        write("v2", Kind.UPDATE, Fate.ACKNOWLEDGED, 12, 3),
                        write("v3", Kind.UPDATE, Fate.ACKNOWLEDGED, 15, 5)),
                List.of(new ClientLog(
                        "protobuf",
                        List.of(new Watch(
                                "apiserver-1",
                                10,
                                List.of(
                                        new Event(Type.ADDED, new Sighting("a", "u", "v1", 11)),
                                        new Event(Type.MODIFIED, new Sighting("a", "u", "v3", 15))))))));
        assertThat(CollectionCheck.of(recording).findings()).singleElement().hasToString("""
                        GAP: protobuf's watch of apiserver-1 from 10 does not show: update a=v2 at 12 (acknowledged)
                            shown: begins from 10
                            shown: ADDED a=v1 at 11
                            shown: MODIFIED a=v3 at 15
                            shown: ends
                            written: create a=v1 at 11 (acknowledged)
                            written: update a=v2 at 12 (acknowledged)
                            written: update a=v3 at 15 (acknowledged)""");
    }

    /** No watch saw the deletion; the list at 20 had it no more, that at 21 has it again. */
    @Test
    void listsMustAgreeAboutADeletion() {
        Sighting object = new Sighting("a", "u", "v1", 11);
        Recording recording = new Recording(
                List.of(
                        write("v1", Kind.CREATE, Fate.ACKNOWLEDGED, 11, 1),
                        write("v2", Kind.DELETE, Fate.UNKNOWN, 0, 3)),
                List.of(
                        new ClientLog("one", List.of(listOf(19, 5, object), listOf(20, 7))),
                        new ClientLog("two", List.of(listOf(21, 9, object)))));
        assertThat(CollectionCheck.of(recording).findings())
                .extracting(Finding::toString)
                .singleElement()
                .asString()
                .startsWith(
                        "MIXED_SNAPSHOT: two's list (NEWEST, [apiserver-0]) at 21 still shows a, which had gone at 20");
    }

    @Test
    void anAcknowledgedDeletionIsSeenByTheNextRead() {
        Recording recording = new Recording(
                List.of(
                        write("v1", Kind.CREATE, Fate.ACKNOWLEDGED, 11, 1),
                        write("v2", Kind.DELETE, Fate.ACKNOWLEDGED, 0, 3)),
                List.of(new ClientLog("one", List.of(listOf(20, 9, new Sighting("a", "u", "v1", 11))))));
        assertThat(CollectionCheck.of(recording).counts()).containsOnlyKeys(Sort.STALE_READ);
    }

    @Test
    void aRefusedWriteMustNotShow() {
        Recording recording = new Recording(
                List.of(write("v1", Kind.CREATE, Fate.REFUSED, 0, 1)),
                List.of(new ClientLog("one", List.of(listOf(20, 9, new Sighting("a", "u", "v1", 11))))));
        assertThat(CollectionCheck.of(recording).counts()).containsKey(Sort.PHANTOM);
    }

    /** A write without an answer may have been done or not; both are true. */
    @Test
    void aWriteWithoutAnAnswerMayShowOrNot() {
        List<Write> writes = List.of(write("v1", Kind.CREATE, Fate.UNKNOWN, 0, 1));
        Recording shown = new Recording(
                writes,
                List.of(new ClientLog("one", List.of(listOf(10, 5), listOf(20, 9, new Sighting("a", "u", "v1", 11))))));
        Recording notShown = new Recording(writes, List.of(new ClientLog("one", List.of(listOf(20, 9)))));
        assertThat(CollectionCheck.of(shown).clean()).isTrue();
        assertThat(CollectionCheck.of(notShown).clean()).isTrue();
    }

    /** Two consistent lists of one client whose versions go back, though nothing was written between. */
    @Test
    void aClientIsNotLedBack() {
        Recording recording =
                new Recording(List.of(), List.of(new ClientLog("one", List.of(listOf(20, 5), listOf(19, 9)))));
        assertThat(CollectionCheck.of(recording).counts()).containsOnlyKeys(Sort.STEP_BACK, Sort.STALE_READ);
    }

    @Test
    void aNameIsLeftAloneAfterAWriteWithoutAnAnswer() {
        Recording recording = new Recording(
                List.of(
                        write("v1", Kind.CREATE, Fate.UNKNOWN, 0, 1),
                        write("v2", Kind.UPDATE, Fate.ACKNOWLEDGED, 12, 3)),
                List.of());
        assertThatThrownBy(() -> CollectionCheck.of(recording)).hasMessageContaining("whose fate is unknown");
    }
}
