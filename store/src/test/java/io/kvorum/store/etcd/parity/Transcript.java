package io.kvorum.store.etcd.parity;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** A conversation with a server, call by call. On disk: text, compressed or not, calls behind {@code >}, answers behind {@code <}. */
record Transcript(List<Exchange> exchanges) {
    record Exchange(Step step, String answer) {}

    static Transcript resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(Transcript.class.getResourceAsStream(name), name);
                InputStream text = name.endsWith(".gz") ? new GZIPInputStream(in) : in;
                BufferedReader lines = new BufferedReader(new InputStreamReader(text, StandardCharsets.UTF_8))) {
            List<Exchange> exchanges = new ArrayList<>();
            Step step = null;
            List<String> answer = new ArrayList<>();
            for (String line : lines.lines().toList()) {
                if (line.startsWith("#") || line.isBlank()) {
                    continue;
                }
                if (line.startsWith("> ")) {
                    if (step != null) {
                        exchanges.add(new Exchange(step, String.join("\n", answer)));
                    }
                    step = Step.parse(line.substring(2));
                    answer.clear();
                } else {
                    answer.add(line.substring(2));
                }
            }
            exchanges.add(new Exchange(Objects.requireNonNull(step, "empty"), String.join("\n", answer)));
            return new Transcript(exchanges);
        }
    }

    void write(Path file) throws IOException {
        try (Writer out =
                new OutputStreamWriter(new GZIPOutputStream(Files.newOutputStream(file)), StandardCharsets.UTF_8)) {
            for (Exchange exchange : exchanges) {
                out.write("> " + exchange.step() + "\n");
                if (!exchange.answer().isEmpty()) {
                    out.write("< " + exchange.answer().replace("\n", "\n< ") + "\n");
                }
            }
        }
    }
}
