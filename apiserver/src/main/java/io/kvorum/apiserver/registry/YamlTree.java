package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.constructor.StandardConstructor;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * YAML that a client sent, as the JSON it stands for, fields in the order of their names as upstream's converter writes
 * them. Neither depth nor what aliases grow to is without a limit, so that
 * a small text cannot take much stack or memory.
 */
final class YamlTree {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int MOST_DEPTH = 500;
    private static final int MOST_CODE_POINTS = 8 << 20;
    private static final int MOST_ALIASES = 50;

    /** What aliases may add to the values that are spelt out, each of which takes a character at least. */
    private static final int MOST_REPEATED = 100_000;

    private int left;
    private int depth;

    private YamlTree(int left) {
        this.left = left;
    }

    /**
     * The one document of a text; JSON null when there is none.
     *
     * <p>Errors: YamlEngineException with a first line that can be shown; DuplicateKeyException, unless allowed.
     */
    static JsonNode read(String text, boolean duplicateKeys) {
        LoadSettings settings = settings(duplicateKeys);
        Parser parser = new Shallow(new ParserImpl(settings, new StreamReader(settings, text)));
        Object value = new StandardConstructor(settings)
                .constructSingleDocument(new Composer(settings, parser).getSingleNode());
        return new YamlTree(text.length() + MOST_REPEATED).tree(value);
    }

    static LoadSettings settings(boolean duplicateKeys) {
        return LoadSettings.builder()
                .setAllowDuplicateKeys(duplicateKeys)
                .setMaxAliasesForCollections(MOST_ALIASES)
                .setCodePointLimit(MOST_CODE_POINTS)
                .build();
    }

    private JsonNode tree(@Nullable Object value) {
        if (--left < 0) {
            throw new YamlEngineException("document contains excessive aliasing");
        }
        if (value instanceof Map<?, ?> || value instanceof Iterable<?>) {
            // An alias may name what it is in.
            if (++depth > MOST_DEPTH) {
                throw tooDeep();
            }
            JsonNode inner = value instanceof Map<?, ?> map ? object(map) : array((Iterable<?>) value);
            depth--;
            return inner;
        }
        return scalar(value);
    }

    private ObjectNode object(Map<?, ?> map) {
        Map<String, JsonNode> fields = new TreeMap<>();
        map.forEach((key, value) -> {
            if (key instanceof Map<?, ?> || key instanceof Iterable<?>) {
                throw new YamlEngineException("unsupported map key");
            }
            fields.put(String.valueOf(key), tree(value));
        });
        ObjectNode object = NODES.objectNode();
        fields.forEach(object::set);
        return object;
    }

    private ArrayNode array(Iterable<?> list) {
        ArrayNode array = NODES.arrayNode();
        list.forEach(value -> array.add(tree(value)));
        return array;
    }

    private static JsonNode scalar(@Nullable Object value) {
        if (value == null) {
            return NODES.nullNode();
        } else if (value instanceof String text) {
            return NODES.textNode(text);
        } else if (value instanceof Boolean flag) {
            return NODES.booleanNode(flag);
        } else if (value instanceof Integer number) {
            return NODES.numberNode(number);
        } else if (value instanceof Long number) {
            return NODES.numberNode(number);
        } else if (value instanceof BigInteger number) {
            return NODES.numberNode(number);
        } else if (value instanceof Double number && Double.isFinite(number)) {
            return NODES.numberNode(number);
        } else if (value instanceof byte[] bytes) {
            return NODES.binaryNode(bytes);
        }
        throw new YamlEngineException("json: unsupported value");
    }

    private static YamlEngineException tooDeep() {
        return new YamlEngineException("exceeded max depth of " + MOST_DEPTH);
    }

    /** Events of collections that are not too deep in each other: what reads them calls itself for each. */
    private static final class Shallow implements Parser {
        private final Parser parser;
        private int depth;

        Shallow(Parser parser) {
            this.parser = parser;
        }

        @Override
        public boolean checkEvent(Event.ID choice) {
            return parser.checkEvent(choice);
        }

        @Override
        public Event peekEvent() {
            return parser.peekEvent();
        }

        @Override
        public boolean hasNext() {
            return parser.hasNext();
        }

        @Override
        public Event next() {
            Event event = parser.next();
            switch (event.getEventId()) {
                case SequenceStart, MappingStart -> {
                    if (++depth > MOST_DEPTH) {
                        throw tooDeep();
                    }
                }
                case SequenceEnd, MappingEnd -> depth--;
                default -> {
                    // Neither opens nor closes anything.
                }
            }
            return event;
        }
    }
}
