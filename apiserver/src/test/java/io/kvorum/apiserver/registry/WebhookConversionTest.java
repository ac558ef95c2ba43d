package io.kvorum.apiserver.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.kvorum.api.custom.CustomType;
import io.kvorum.api.custom.RuleSet;
import io.kvorum.apiserver.cache.ObjectJson;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What was prepared is at hand, however much else was converted lately. */
class WebhookConversionTest {
    private static final ObjectNode DEFINITION = ObjectJson.parse("""
            {"metadata":{"name":"points.e.com"},"spec":{"group":"e.com","names":{"plural":"points","kind":"Point"},
             "conversion":{"strategy":"Webhook"},
             "versions":[{"name":"v1","served":true,"storage":true},{"name":"v2","served":true,"storage":false}]}}""".getBytes(StandardCharsets.UTF_8));

    private final WebhookConversion conversion =
            new WebhookConversion(CustomType.of(DEFINITION, DEFINITION.at("/spec/versions/1"), schema -> RuleSet.NONE));
    private final Deque<Runnable> answers = new ArrayDeque<>();
    private final Converter webhook = (type, apiVersion, objects) -> {
        Promise<List<ObjectNode>> answer = Promise.promise();
        answers.add(() -> answer.complete(objects.stream()
                .map(object -> object.deepCopy().put("apiVersion", apiVersion))
                .toList()));
        return answer.future();
    };

    private static List<ObjectNode> objects(String name, int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> {
                    ObjectNode object =
                            Tree.newObject().put("apiVersion", "e.com/v1").put("kind", "Point");
                    object.putObject("metadata").put("name", name + i);
                    return object;
                })
                .toList();
    }

    private Future<Void> prepare(List<ObjectNode> objects) {
        return conversion.prepare(webhook, objects);
    }

    private @Nullable Void show(List<ObjectNode> objects) {
        assertThat(objects)
                .allSatisfy(object -> assertThat(
                                conversion.toWire(object).path("apiVersion").asText())
                        .isEqualTo("e.com/v2"));
        return null;
    }

    private void answerAll() {
        while (!answers.isEmpty()) {
            answers.remove().run();
        }
    }

    /** The list's newest object is asked for; those it had before must not make room for it. */
    @Test
    void aListWhoseObjectsAreMostlyKnownIsShownWhole() {
        List<ObjectNode> list = objects("a", 0, 4000);
        Future<Void> first = prepare(list);
        answerAll();
        assertThat(first.succeeded()).isTrue();
        show(list);
        Future<Void> others = prepare(objects("b", 0, 96));
        answerAll();
        assertThat(others.succeeded()).isTrue();
        List<ObjectNode> longer = objects("a", 0, 4001);
        Future<Void> again = prepare(longer).map(ready -> show(longer));
        answerAll();
        assertThat(again.succeeded()).isTrue();
    }

    /** While the webhook thinks about one list, another one as long is shown. */
    @Test
    void twoListsAtOnceAreBothShown() {
        List<ObjectNode> one = objects("a", 0, 4000);
        Future<Void> known = prepare(one);
        answerAll();
        assertThat(known.succeeded()).isTrue();
        List<ObjectNode> longer = objects("a", 0, 4001);
        List<ObjectNode> other = objects("b", 0, 4000);
        Future<Void> first = prepare(longer).map(ready -> show(longer));
        Future<Void> second = prepare(other).map(ready -> show(other));
        answers.removeLast().run();
        assertThat(second.succeeded()).isTrue();
        answerAll();
        assertThat(first.succeeded()).isTrue();
    }
}
