package io.kvorum.apiserver.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.representer.StandardRepresenter;

/** A JSON object as YAML in the form that Kubernetes gives it: blocks, members in order of their names. */
final class YamlText {
    /** What is text here but something else to readers of YAML 1.1, as Go's library and many others are. */
    private static final Pattern AMBIGUOUS = Pattern.compile(
            "(?i)y|n|yes|no|on|off|true|false|null|~|=|<<|[-+]?[0-9][0-9_.,:eExXoOa-f+-]*|[-+]?\\.[0-9_]+|[-+]?\\.(inf|nan)"
                    + "|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*");

    private static final DumpSettings SETTINGS = DumpSettings.builder()
            .setDefaultFlowStyle(FlowStyle.BLOCK)
            .setWidth(Integer.MAX_VALUE)
            .setMaxSimpleKeyLength(1024)
            .build();

    private YamlText() {}

    private static final class Representer extends StandardRepresenter {
        Representer() {
            super(SETTINGS);
            representers.put(String.class, data -> text((String) data));
        }

        private Node text(String text) {
            ScalarStyle style = text.indexOf('\n') >= 0
                    ? ScalarStyle.LITERAL
                    : text.isEmpty() || AMBIGUOUS.matcher(text).matches()
                            ? ScalarStyle.DOUBLE_QUOTED
                            : ScalarStyle.PLAIN;
            return representScalar(Tag.STR, text, style);
        }
    }

    static byte[] of(JsonNode object) {
        return new Dump(SETTINGS, new Representer()).dumpToString(plain(object)).getBytes(StandardCharsets.UTF_8);
    }

    private static @Nullable Object plain(JsonNode node) {
        if (node.isObject()) {
            Map<String, @Nullable Object> members = new TreeMap<>();
            node.properties().forEach(member -> members.put(member.getKey(), plain(member.getValue())));
            return members;
        }
        if (node.isArray()) {
            List<@Nullable Object> items = new ArrayList<>(node.size());
            node.forEach(item -> items.add(plain(item)));
            return items;
        }
        return node.isTextual()
                ? node.textValue()
                : node.isBoolean() ? (Object) node.booleanValue() : node.isNull() ? null : node.numberValue();
    }
}
